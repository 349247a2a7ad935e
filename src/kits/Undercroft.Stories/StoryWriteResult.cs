namespace Undercroft.Stories;

/// <summary>What a writer made.</summary>
/// <param name="Bytes">The whole file.</param>
/// <param name="Report">What the target could not hold, checked by reading <paramref name="Bytes"/> back.</param>
public sealed record StoryWriteResult(ReadOnlyMemory<byte> Bytes, ConversionReport Report);
