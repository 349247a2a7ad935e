using System.Text;

namespace Undercroft.Stories;

/// <summary>Writes Twine 2 HTML.</summary>
public static class TwineHtmlWriter
{
    /// <summary>Writes stories as one file and checks the file by reading it back.</summary>
    /// <param name="stories">
    /// The stories, at least one. A story that came from Twine HTML brings its page along, so that an untouched file is
    /// written back byte for byte; a story from elsewhere is written without a page, as an archive that Twine imports.
    /// </param>
    /// <param name="verify">Whether to read the output back; the report's <see cref="ConversionReport.Verified"/> is
    /// null if not.</param>
    /// <returns>The file, and what Twine HTML could not hold.</returns>
    public static StoryWriteResult Write(IReadOnlyList<Story> stories, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(stories);

        return Write(stories, StoryFormats.TwineHtml, verify);
    }

    /// <summary>Writes one story, as <see cref="Write(IReadOnlyList{Story}, bool)"/> does.</summary>
    public static StoryWriteResult Write(Story story, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(story);
        return Write([story], verify);
    }

    /// <summary>Writes stories as a page or an archive.</summary>
    internal static StoryWriteResult Write(IReadOnlyList<Story> stories, string format, bool verify)
    {
        if (stories.Count == 0)
        {
            throw new ArgumentException("A Twine HTML file needs at least one story; none was given.", nameof(stories));
        }

        var first = stories[0].Origin;
        var report = new ReportBuilder(first?.Format ?? StoryFormats.Model, format, first?.File);
        var output = new StringBuilder();
        foreach (var story in stories)
        {
            report.StoryId = story.Id;
            var twine = WhiskerChoices.ToLinks(story, report);
            Surrogates.Report(twine, report);
            SourceRemains.ReportJson(story, StoryFormats.TwineHtml, report);
            twine = format == StoryFormats.TwineArchive ? ArchivePages.Strip(twine, report) : twine;
            new HtmlWrite(twine, report, output).Write(isLast: ReferenceEquals(story, stories[^1]));
        }

        report.StoryId = null;
        var origin = first?.Format == StoryFormats.TwineHtml ? first : null;
        var bytes = SourceText.Encode(
            output.ToString(), origin?.Encoding ?? "utf-8", origin?.ByteOrderMark ?? false, report);
        if (!verify)
        {
            return new StoryWriteResult(bytes, report.Build());
        }

        var found = TwineHtmlReader.Read(bytes).Stories;
        return new StoryWriteResult(bytes, report.Build(Verification.Compare(stories, found, report)));
    }
}
