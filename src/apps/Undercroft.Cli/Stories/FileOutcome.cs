using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>What became of one file of an import.</summary>
/// <param name="File">Its path.</param>
/// <param name="Stories">Its stories as they are in the library.</param>
/// <param name="Report">What the reader noticed; null where it could not read the file.</param>
/// <param name="Error">Why it could not; null where it could.</param>
internal sealed record FileOutcome(
    string File, IReadOnlyList<StoryImport> Stories, ConversionReport? Report, string? Error);
