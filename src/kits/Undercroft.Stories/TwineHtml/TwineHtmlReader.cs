namespace Undercroft.Stories;

/// <summary>Reads Twine 2 HTML: a published story, or an archive of several.</summary>
public static class TwineHtmlReader
{
    /// <summary>Reads all stories of a file. Scripts and pages around them are kept, never run and never looked
    /// into.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <returns>The stories, and what was noticed. Writing them back untouched gives the same bytes.</returns>
    /// <exception cref="StoryFormatException">
    /// The file is empty, is UTF-16, was made by Twine 1, or holds no <c>tw-storydata</c> element.
    /// </exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var report = new ReportBuilder(StoryFormats.TwineHtml, StoryFormats.Model, fileName);
        var source = SourceText.Decode(file.Span, fileName, report);
        var stories = new HtmlParse(source, fileName, report).Read();
        if (stories.Count > 0)
        {
            return new StoryReadResult(stories, report.Build());
        }

        var name = Names.Show(fileName ?? "story");
        throw StoryFormats.FindTwine1(source.Text) is var old and >= 0
            ? new StoryFormatException(
                $"Cannot read {name}, line {1 + source.Text.AsSpan(0, old).Count('\n')}: it was made by Twine 1; "
                + $"read it as '{StoryFormats.Twine1Html}'.",
                fileName,
                1 + source.Text.AsSpan(0, old).Count('\n'))
            : new StoryFormatException(
                $"Cannot read {name} as Twine HTML, line 1: it holds no <tw-storydata> element; expected a file that "
                + "Twine 2 published or archived.",
                fileName,
                1);
    }
}
