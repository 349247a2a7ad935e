namespace Undercroft.Stories;

/// <summary>Reads Twine 2 JSON: the keys of its specification, and those that Extwee writes instead.</summary>
public static class TwineJsonReader
{
    /// <summary>Reads one story out of a Twine JSON file.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <returns>The story, and what was noticed. Writing it back untouched gives the same bytes; keys that the
    /// specification does not know are kept.</returns>
    /// <exception cref="StoryFormatException">The file is empty, is UTF-16, or is not one JSON object that nests at
    /// most
    /// 60 levels.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var report = new ReportBuilder(StoryFormats.TwineJson, StoryFormats.Model, fileName);
        var source = SourceText.Decode(file.Span, fileName, report);
        var story = new TwineJsonParse(source, fileName, report).Read();
        return new StoryReadResult([story], report.Build());
    }
}
