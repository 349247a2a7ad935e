namespace Undercroft.Blobs;

/// <summary>Settings for blobs. Read once, when the storage is made.</summary>
/// <remarks>The sizes of chunks may change at any time: blobs written with other ones stay readable, but share no
/// chunks with new ones.</remarks>
public sealed class BlobOptions
{
    // Far beyond any use, and far from the end of time.
    private static readonly TimeSpan UploadKeptMax = TimeSpan.FromDays(36_500);

    /// <summary>The least length of a chunk, in bytes; only the last of a blob is shorter. The default is 64 KiB.
    /// </summary>
    public int ChunkBytesMin { get; set; } = 64 * 1024;

    /// <summary>About how long chunks are, in bytes: a power of two. The default is 256 KiB.</summary>
    public int ChunkBytesAverage { get; set; } = 256 * 1024;

    /// <summary>The greatest length of a chunk, in bytes; at most what the store takes in one value. The default is
    /// 1 MiB.</summary>
    public int ChunkBytesMax { get; set; } = 1024 * 1024;

    /// <summary>The longest blob, in bytes. The default is 1 TiB.</summary>
    public long LengthMax { get; set; } = 1L << 40;

    /// <summary>How long an upload that does not go on, or what was staged and not named, is kept: at most 36,500 days.
    /// The default is 7 days.</summary>
    public TimeSpan UploadKept { get; set; } = TimeSpan.FromDays(7);

    internal ChunkSizes Sizes => new(ChunkBytesMin, ChunkBytesAverage, ChunkBytesMax);

    /// <summary>Refuses settings that make no sense.</summary>
    /// <param name="limits">What the store takes; null asks only for sense.</param>
    /// <exception cref="ArgumentException">One does, and is named.</exception>
    public void Validate(StoreLimits? limits = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LengthMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(UploadKept, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(UploadKept, UploadKeptMax);
        var valueBytesMax = limits is null ? int.MaxValue : Math.Min(limits.ValueBytesMax, limits.CommitBytesMax / 4);
        if (Sizes.Fault(valueBytesMax) is { } fault)
        {
            throw new ArgumentException(
                $"Chunks of {ChunkBytesMin}, {ChunkBytesAverage} and {ChunkBytesMax} bytes (least, average, most) " +
                $"cannot be cut: {fault}. Mend {nameof(BlobOptions)}.");
        }
    }

    internal BlobOptions Copy() => (BlobOptions)MemberwiseClone();
}
