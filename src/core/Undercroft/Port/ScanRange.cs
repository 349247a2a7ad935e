namespace Undercroft;

/// <summary>A half-open range: of ids, or of keys of one index.</summary>
public sealed record ScanRange
{
    private ScanRange()
    {
    }

    /// <summary>All ids of the collection.</summary>
    public static ScanRange All { get; } = new();

    /// <summary>The index whose keys are scanned; null scans ids.</summary>
    public string? Index { get; private init; }

    /// <summary>The first id, itself included; null means no bound. Only without an index.</summary>
    public string? FromId { get; private init; }

    /// <summary>The id before which the range ends; null means no bound. Only without an index.</summary>
    public string? BeforeId { get; private init; }

    /// <summary>Ids must begin with this; null means any. Only without an index.</summary>
    public string? IdPrefix { get; private init; }

    /// <summary>The first index key, itself included; empty means no bound.</summary>
    public ReadOnlyMemory<byte> FromKey { get; private init; }

    /// <summary>The index key before which the range ends; null means no bound.</summary>
    public ReadOnlyMemory<byte>? BeforeKey { get; private init; }

    /// <summary>Ids from one on and before another.</summary>
    /// <param name="from">The first id, itself included; null means no bound.</param>
    /// <param name="before">The end, itself excluded; null means no bound.</param>
    public static ScanRange Ids(string? from = null, string? before = null) =>
        new() { FromId = from, BeforeId = before };

    /// <summary>Ids that begin with a text.</summary>
    public static ScanRange Prefix(string prefix) => new() { IdPrefix = prefix };

    /// <summary>Entries of an index, from one key on and before another.</summary>
    /// <param name="index">The index's name.</param>
    /// <param name="from">The first key, itself included; empty means no bound.</param>
    /// <param name="before">The end, itself excluded; null means no bound.</param>
    public static ScanRange Keys(string index, ReadOnlyMemory<byte> from = default, ReadOnlyMemory<byte>? before = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(index);
        return new() { Index = index, FromKey = from, BeforeKey = before };
    }
}
