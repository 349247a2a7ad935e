namespace Undercroft.Stories;

/// <summary>What became of an imported file.</summary>
/// <param name="Stories">Its stories, in order.</param>
/// <param name="Report">What the reader noticed.</param>
public sealed record StoryImportResult(IReadOnlyList<StoryImport> Stories, ConversionReport Report);
