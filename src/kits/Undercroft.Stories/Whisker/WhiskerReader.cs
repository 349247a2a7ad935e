namespace Undercroft.Stories;

/// <summary>Reads whisker's JSON in all its dialects: with and without a version, ids and names, <c>text</c> and
/// <c>content</c>, <c>target</c> and <c>target_passage</c>, lists and objects.</summary>
public static class WhiskerReader
{
    /// <summary>Reads one story out of a whisker file.</summary>
    /// <remarks>
    /// A passage's <see cref="Passage.Body"/> is its text; its id, choices, scripts and metadata are
    /// <see cref="Passage.Fields"/>. Settings, variables, assets, functions and an editor's data are
    /// <see cref="Story.Fields"/>. Scripts in JavaScript and stylesheets are passages of their kind; scripts in Lua
    /// stay
    /// a field.
    /// </remarks>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name for messages; null where there is none.</param>
    /// <returns>The story, and what was noticed. Writing it back untouched gives the same bytes.</returns>
    /// <exception cref="StoryFormatException">The file is empty, is UTF-16, or is not one JSON object that nests at
    /// most
    /// 60 levels.</exception>
    public static StoryReadResult Read(ReadOnlyMemory<byte> file, string? fileName = null)
    {
        var report = new ReportBuilder(StoryFormats.Whisker, StoryFormats.Model, fileName);
        var source = SourceText.Decode(file.Span, fileName, report);
        var story = new WhiskerParse(source, fileName, report).Read();
        return new StoryReadResult([story], report.Build());
    }
}
