namespace Undercroft.Stories;

/// <summary>One file that a conversion made.</summary>
/// <param name="File">Its path within the target folder, with <c>/</c> between the names.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in lower-case hexadecimal.</param>
/// <param name="Report">What the format could not hold, checked by reading the file back.</param>
public sealed record StoryBatchOutput(string File, string Sha256, ConversionReport Report);
