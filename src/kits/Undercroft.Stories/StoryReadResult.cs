namespace Undercroft.Stories;

/// <summary>What a reader found in a file.</summary>
/// <param name="Stories">The stories, in the order of the file; at least one.</param>
/// <param name="Report">What was noticed on the way.</param>
public sealed record StoryReadResult(IReadOnlyList<Story> Stories, ConversionReport Report);
