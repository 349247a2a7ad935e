using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>One file of an export.</summary>
/// <param name="Path">Where it goes; null means the standard output.</param>
/// <param name="Format">Its format, one of <see cref="StoryFormats"/>' names.</param>
/// <param name="StoryIds">The stories in it.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Report">What it could not hold, checked by reading it back.</param>
internal sealed record ExportFile(
    string? Path, string Format, IReadOnlyList<string> StoryIds, ReadOnlyMemory<byte> Bytes, ConversionReport Report)
{
    /// <summary>Whether the file was there already, just so.</summary>
    public bool IsUnchanged { get; init; }

    public bool IsLossless => Report is { Lossless: true, Verified: null or { Unreported: 0 } };
}
