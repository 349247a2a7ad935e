namespace Undercroft;

/// <summary>The hard limits of a store. Beyond them it refuses with <see cref="LimitExceededException"/>, before any
/// I/O.</summary>
public sealed record StoreLimits
{
    /// <summary>The longest value, in bytes. The default is 16 MiB.</summary>
    public int ValueBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most text in a record's meta, in bytes of UTF-8, names included. The default is 16 KiB.</summary>
    public int MetaBytesMax { get; init; } = 16 * 1024;

    /// <summary>The most index entries of a record. The default is 1,024.</summary>
    public int EntriesMax { get; init; } = 1024;

    /// <summary>The longest index key, in bytes. The default is 2,048.</summary>
    public int EntryKeyBytesMax { get; init; } = 2048;

    /// <summary>The longest name of an index, in bytes of UTF-8. The default is 128.</summary>
    public int IndexNameBytesMax { get; init; } = 128;

    /// <summary>The longest origin, in bytes of UTF-8. The default is 128.</summary>
    public int OriginBytesMax { get; init; } = 128;

    /// <summary>The most operations in a commit. The default is 10,000.</summary>
    public int OperationsMax { get; init; } = 10_000;

    /// <summary>The most bytes in a commit: keys, values, meta and entries. The default is 64 MiB.</summary>
    public long CommitBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>The most keys in one read. The default is 10,000.</summary>
    public int KeysPerReadMax { get; init; } = 10_000;

    /// <summary>The most items in one page; a larger limit is asked in vain. The default is 10,000.</summary>
    public int PageItemsMax { get; init; } = 10_000;

    /// <summary>A page ends early once its values reach this many bytes. The default is 16 MiB.</summary>
    public long PageBytesMax { get; init; } = 16L * 1024 * 1024;

    /// <summary>How many results of one client instance are kept for retries. The default is 64.</summary>
    public int ReplaysKept { get; init; } = 64;

    /// <summary>How long a client instance's results are kept after its last commit. The default is 7 days.</summary>
    public TimeSpan ReplaysKeptFor { get; init; } = TimeSpan.FromDays(7);
}
