namespace Undercroft.Archives;

/// <summary>How much a reader of an archive takes from it. An archive may come from anybody.</summary>
public sealed record ArchiveReadOptions
{
    /// <summary>The limits where nobody says otherwise.</summary>
    public static ArchiveReadOptions Default { get; } = new();

    /// <summary>The most bytes of the archive, uncompressed. The default is 1 TiB.</summary>
    public long BytesMax { get; init; } = 1L << 40;

    /// <summary>How many times larger than the file the content of a compressed archive may be, beyond the first
    /// 64 MiB. The default is 250.</summary>
    public int ExpansionMax { get; init; } = 250;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BytesMax, nameof(BytesMax));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ExpansionMax, nameof(ExpansionMax));
    }
}
