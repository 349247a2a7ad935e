using System.Text;
using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>Where exported stories go, and in which format.</summary>
/// <param name="Target">The file or folder; null means the standard output.</param>
/// <param name="Format">The format wanted; null means that of the target's name, or else the one a story came in.
/// </param>
/// <param name="Dialect">The dialect of whisker.</param>
internal sealed record ExportPlan(string? Target, string? Format, WhiskerDialect Dialect)
{
    private const int NameMax = 60;

    private static readonly string[] DeviceNames = ["CON", "PRN", "AUX", "NUL"];

    /// <summary>Whether each story goes to a file of its own in a folder.</summary>
    public bool IsFolder { get; } = Target is not null
        && (Directory.Exists(Target) || Path.EndsInDirectorySeparator(Target));

    /// <summary>Makes the files of all stories. In a folder each has its own; otherwise they share one.</summary>
    /// <exception cref="CliException">They cannot share one.</exception>
    public IEnumerable<ExportFile> Make(IReadOnlyList<Story> stories)
    {
        if (IsFolder)
        {
            return MakeEach(stories);
        }

        var format = Format ?? FormatOfTarget() ?? FormatOf(stories[0]);
        if (!StoryFormats.HoldsMany(format) && stories.Count > 1)
        {
            throw new CliException(
                ExitCode.Usage,
                $"A file of {FormatNames.Of(format)} holds one story, and {stories.Count} are to be exported. Name a "
                + "folder by --out, as in --out stories/, or export an archive.");
        }

        return [Write(Target, format, stories)];
    }

    private ExportFile Write(string? path, string format, IReadOnlyList<Story> stories)
    {
        var written = StoryFormats.Write(stories, format, Dialect);
        string[] ids = [.. stories.Select(static story => story.Id)];
        return new ExportFile(path, format, ids, written.Bytes, written.Report);
    }

    private static string FormatOf(Story story) =>
        story.Origin?.Format is { } format && StoryFormats.Writable.Contains(format) ? format : StoryFormats.Twee3;

    private string? FormatOfTarget() => FormatNames.OfPath(Target);

    // What shares a name with others is called by its id too, in whichever order they come.
    private IEnumerable<ExportFile> MakeEach(IReadOnlyList<Story> stories)
    {
        var shared = stories
            .Select(story => FileName(story.Name) + StoryFormats.EndingOf(Format ?? FormatOf(story)))
            .CountBy(static name => name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var taken = shared.Where(static one => one.Value == 1).Select(static one => one.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var names = new string[stories.Count];
        foreach (var (at, story) in stories.Index().OrderBy(static one => one.Item.Id, StringComparer.Ordinal))
        {
            var ending = StoryFormats.EndingOf(Format ?? FormatOf(story));
            var name = FileName(story.Name);
            if (shared[name + ending] > 1)
            {
                var full = $"{name}-{FileName(story.Id)}";
                name = full;
                for (var n = 2; !taken.Add(name + ending); n++)
                {
                    name = $"{full}-{n}";
                }
            }

            names[at] = name + ending;
        }

        return stories.Zip(names, (story, name) =>
            Write(Path.Combine(Target!, name), Format ?? FormatOf(story), [story]));
    }

    // Titles may hold anything; names of files here are letters, digits and hyphens on every system.
    private static string FileName(string title)
    {
        var name = new StringBuilder();
        foreach (var c in title.Length > NameMax ? title[..NameMax] : title)
        {
            if (char.IsLetterOrDigit(c))
            {
                _ = name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                _ = name.Append('-');
            }
        }

        var text = name.ToString().Trim('-');
        var isTaken = text.Length == 0 || DeviceNames.Contains(text, StringComparer.OrdinalIgnoreCase);
        return isTaken ? $"story-{text}" : text;
    }
}
