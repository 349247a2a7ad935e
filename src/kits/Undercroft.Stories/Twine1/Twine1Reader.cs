namespace Undercroft.Stories;

/// <summary>Reads Twine 1 HTML: the passages of a published page, in clear or obfuscated by rot13.</summary>
public static class Twine1Reader
{
    /// <summary>Reads the story of a page. Scripts of the page are neither kept nor run.</summary>
    /// <remarks>
    /// StoryTitle becomes the story's name. StoryAuthor, StorySettings and the like stay passages, for Twine 2 knows
    /// them as such. <c>created</c>, <c>modifier</c> and further attributes are <see cref="Passage.Fields"/>.
    /// </remarks>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <returns>The story, and what was noticed. Twine 1 is not written.</returns>
    /// <exception cref="StoryFormatException">The file is empty, is UTF-16, or has no store area with passages.
    /// </exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var report = new ReportBuilder(StoryFormats.Twine1Html, StoryFormats.Model, fileName);
        var source = SourceText.Decode(file.Span, fileName, report);
        var story = new Twine1Parse(source, fileName, report).Read();
        return new StoryReadResult([story], report.Build());
    }
}
