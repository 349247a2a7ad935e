namespace Undercroft;

/// <summary>What a read by key brings back. The default is everything but index entries, live records only.</summary>
public readonly record struct ReadOptions
{
    /// <summary>How much of each record to bring.</summary>
    public RecordDetail Detail { get; init; }

    /// <summary>Whether tombstones are brought too; otherwise a deleted record is null. An expired one is always
    /// null.</summary>
    public bool IncludeDeleted { get; init; }

    /// <summary>For each key, in order, the revision the reader already has: where it still holds, the record comes
    /// back with <see cref="StoreRecord.IsUnchanged"/> and no value. Null means nothing is known.</summary>
    public IReadOnlyList<Revision>? Known { get; init; }

    /// <summary>The instant that decides expiry; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
