namespace Undercroft.Blobs;

/// <summary>How long chunks are, in bytes.</summary>
/// <param name="Min">No chunk but the last is shorter.</param>
/// <param name="Average">About how long they are: a power of two.</param>
/// <param name="Max">None is longer.</param>
internal sealed record ChunkSizes(int Min, int Average, int Max)
{
    /// <summary>Below this the marks of a chunk cost more than its bytes.</summary>
    public const int Least = 64;

    /// <summary>Says what is wrong with the sizes; null where nothing is.</summary>
    /// <param name="bytesMax">The longest chunk the store takes.</param>
    public string? Fault(long bytesMax) =>
        Min < Least ? $"the least must be at least {Least}"
        : !int.IsPow2(Average) ? "the average must be a power of two"
        : Average <= Min ? "the average must be above the least"
        : Max <= Average ? "the most must be above the average"
        : Max > bytesMax ? $"the store takes at most {bytesMax} bytes"
        : null;
}
