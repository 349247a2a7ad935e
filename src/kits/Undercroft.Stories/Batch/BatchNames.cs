using System.Globalization;

namespace Undercroft.Stories;

/// <summary>The names of results: by the names in the source folder only, and none twice on any system.</summary>
internal sealed class BatchNames
{
    private const string ReportEnding = ".report.json";

    private readonly string ending;
    private readonly bool isLikeReports;
    private readonly Dictionary<string, string> stems = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    public BatchNames(IReadOnlyList<string> files, string format)
    {
        ending = StoryFormats.EndingOf(format);
        isLikeReports = ReportEnding.EndsWith(ending, StringComparison.Ordinal);
        var shared = files.GroupBy(file => Key(Stem(file)), StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .SelectMany(group => group)
            .ToHashSet(StringComparer.Ordinal);

        // A name without its ending goes to whoever alone would have it; the others step aside.
        foreach (var file in files.Where(file => !shared.Contains(file)))
        {
            Take(file, Stem(file));
        }

        foreach (var file in files.Where(shared.Contains))
        {
            Take(file, file);
        }
    }

    /// <summary>The one result of a file.</summary>
    public string Of(string file) => stems[file] + ending;

    /// <summary>One of several results of a file, from 1.</summary>
    public string Of(string file, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{stems[file]}.{number}{ending}");

    /// <summary>The report about a file.</summary>
    public string ReportOf(string file) => stems[file] + ReportEnding;

    /// <summary>The report about a file; null where it is not among the files.</summary>
    public string? FindReportOf(string file) => stems.ContainsKey(file) ? ReportOf(file) : null;

    private void Take(string file, string wanted)
    {
        var stem = wanted;
        for (var n = 2; !taken.Add(Key(stem)) || IsNumbered(stem) || IsReport(stem); n++)
        {
            stem = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{n}");
        }

        stems[file] = stem;
    }

    // 'a.1' is what the first story of 'a' may be called.
    private bool IsNumbered(string stem)
    {
        var dot = stem.LastIndexOf('.');
        return dot > 0 && dot < stem.Length - 1 && !stem.AsSpan(dot + 1).ContainsAnyExceptInRange('0', '9')
            && taken.Contains(Key(stem[..dot]));
    }

    // 'a.report.json' is what the report about 'a' is called.
    private bool IsReport(string stem)
    {
        var part = ReportEnding[..^ending.Length];
        return isLikeReports && (taken.Contains(Key(stem + part))
            || (stem.EndsWith(part, StringComparison.OrdinalIgnoreCase) && taken.Contains(Key(stem[..^part.Length]))));
    }

    private static string Stem(string file)
    {
        var name = file.LastIndexOf('/') + 1;
        var dot = file.LastIndexOf('.');
        return dot > name ? file[..dot] : file;
    }

    // Some systems tell letters neither by case nor by the way accents are written.
    private static string Key(string name)
    {
        try
        {
            return name.Normalize().ToUpperInvariant();
        }
        catch (ArgumentException)
        {
            return name.ToUpperInvariant();
        }
    }
}
