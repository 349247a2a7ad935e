using System.Globalization;

namespace Undercroft.Stories;

/// <summary>What a file brings to a library, and how its stories find the ones they are.</summary>
/// <param name="Stories">The stories.</param>
/// <param name="Tags">The library's tags, where it is an export; null otherwise.</param>
/// <param name="Report">What the reader noticed.</param>
internal sealed record StoryImports(
    IReadOnlyList<Story> Stories, IReadOnlyCollection<string>? Tags, ConversionReport Report)
{
    /// <summary>The stories of the library that may be updated from a file that is cut off.</summary>
    public IReadOnlyCollection<string> CutOffAccepted { get; init; } = [];

    /// <summary>Where stories go before an update takes something from them; null backs nothing up.</summary>
    public StoryBackups? Backups { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">Its name; null where there is none.</param>
    /// <param name="format">Its format; null has its content tell.</param>
    public static StoryImports Read(ReadOnlyMemory<byte> file, string? fileName, string? format)
    {
        if (format is null ? !StoryExportV1.Is(file.Span) : format != StoryFormats.Export)
        {
            var read = format is null
                ? StoryFormats.Read(file, fileName)
                : StoryFormats.Read(file, format, fileName);
            return new StoryImports(read.Stories, null, WithWhatIsAltered(read));
        }

        var export = StoryExportV1.Read(file.Span, fileName);
        var report = new ConversionReport { From = StoryFormats.Export, To = StoryFormats.Model, File = fileName };
        return new StoryImports([export.Story], export.Tags, report);
    }

    /// <summary>The ways to save a story, to be tried in turn until one saves it: a story of a file that meets another
    /// one under its id gets an id of its own. An export is the story it names.</summary>
    /// <param name="story">One of the stories.</param>
    /// <param name="taken">Ids that other stories of the same file have: a copy beside its original is a second story.
    /// </param>
    public IEnumerable<SaveRequest> Attempts(Story story, IReadOnlySet<string> taken)
    {
        var options = new StorySaveOptions { Tags = StoryTags.Check(Tags) };
        if (Tags is not null)
        {
            yield return new SaveRequest(story.Id, options) { Decide = _ => story };

            yield break;
        }

        for (var number = 1; ; number++)
        {
            var id = number == 1 ? story.Id : string.Create(CultureInfo.InvariantCulture, $"{story.Id}-{number}");
            if (!taken.Contains(id))
            {
                yield return new SaveRequest(id, options)
                {
                    Decide = known => known is null ? story with { Id = id }
                        : IsSame(known.Stored.Story, story) ? Update(known.Stored.Story, story)
                        : null,
                };
            }
        }
    }

    /// <summary>Whether an update takes passages from a story, or the page around them.</summary>
    public static bool TakesAway(Story known, Story update)
    {
        var ids = update.Passages.Select(static passage => passage.Id).ToHashSet(StringComparer.Ordinal);
        return known.Passages.Any(passage => !ids.Contains(passage.Id))
            || (known.Origin is { Opening.Length: > 0 } origin && origin.Format != update.Origin?.Format);
    }

    // JSON can say halves of surrogate pairs, and from file to file they are kept; a storage cannot hold them.
    private static ConversionReport WithWhatIsAltered(StoryReadResult read)
    {
        var altered = new ReportBuilder(read.Report.From, read.Report.To, read.Report.File);
        foreach (var story in read.Stories)
        {
            altered.StoryId = story.Id;
            Surrogates.Report(story, altered);
        }

        if (altered.Findings == 0)
        {
            return read.Report;
        }

        var more = altered.Build();
        var counts = read.Report.Counts;
        return read.Report with
        {
            Entries = [.. read.Report.Entries.Concat(more.Entries).Take(ConversionReport.EntriesMax)],
            Counts = counts with { Approximated = counts.Approximated + more.Counts.Approximated },
        };
    }

    // A file that ends in mid-story would take passages away that nobody has deleted.
    private Story Update(Story known, Story incoming)
    {
        var update = StoryIdentity.KeepIds(known, incoming);
        var cut = Report.Entries.FirstOrDefault(entry =>
            entry.Code == ConversionRules.HtmlUnclosed.Code && entry.StoryId == incoming.Id);
        if (cut is null || CutOffAccepted.Contains(known.Id))
        {
            return update;
        }

        var there = update.Passages.Select(static one => (one.Id, one.Body)).ToHashSet();
        var missing = known.Passages.Count(one => !there.Contains((one.Id, one.Body)));
        return missing == 0 ? update : throw new StoryCutOffException(known, Report.File, cut.Line ?? 1, missing);
    }

    // Copies of a project share its IFID, and many stories are called "Untitled": more than one sign is needed.
    private static bool IsSame(Story known, Story incoming)
    {
        if (known.Origin?.File is { } file && file == incoming.Origin?.File)
        {
            return true;
        }

        var isIdentified = incoming.Ifid is not null
            && string.Equals(known.Ifid?.Raw, incoming.Ifid.Raw, StringComparison.OrdinalIgnoreCase);
        if (isIdentified && known.Name == incoming.Name)
        {
            return true;
        }

        if (incoming.Ifid is not null && known.Ifid is not null && !isIdentified)
        {
            return false;
        }

        // Every second story has a passage called "Start".
        var bodies = known.Passages.ToLookup(static one => one.Name, static one => one.Body, StringComparer.Ordinal);
        var shared = incoming.Passages.Count(passage => bodies.Contains(passage.Name));
        return shared * 2 > Math.Max(known.Passages.Count, incoming.Passages.Count)
            && incoming.Passages.Any(passage => bodies[passage.Name].Contains(passage.Body));
    }
}
