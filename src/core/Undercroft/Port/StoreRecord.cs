namespace Undercroft;

/// <summary>A record as a store holds it. Immutable; the bytes must not be changed through it.</summary>
public sealed class StoreRecord
{
    // Times are kept as ticks of UTC: a record is read far more often than its times are looked at.
    private readonly long createdTicks;
    private readonly long updatedTicks;
    private readonly long expiresTicks = long.MaxValue;

    /// <summary>The record's name.</summary>
    public required RecordKey Key { get; init; }

    /// <summary>The commit that last wrote it; for a tombstone, the commit that deleted it.</summary>
    public required Revision Revision { get; init; }

    /// <summary>The bytes as they were written. Empty for a tombstone, and where the read did not ask for them. They
    /// never change: a reader may keep them for as long as it likes.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>When it was created, in UTC. Deletion and expiry end a record: the next one has a new time.</summary>
    public DateTimeOffset CreatedAt
    {
        get => new(createdTicks, TimeSpan.Zero);
        init => createdTicks = value.UtcTicks;
    }

    /// <summary>When it was last written or deleted, in UTC.</summary>
    public DateTimeOffset UpdatedAt
    {
        get => new(updatedTicks, TimeSpan.Zero);
        init => updatedTicks = value.UtcTicks;
    }

    /// <summary>From which instant on it is invisible, in UTC; null means never.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get => expiresTicks == long.MaxValue ? null : new DateTimeOffset(expiresTicks, TimeSpan.Zero);
        init => expiresTicks = value?.UtcTicks ?? long.MaxValue;
    }

    /// <summary>The text that travels beside the value; a tombstone keeps what its deletion gave it.</summary>
    public RecordMeta Meta { get; init; } = RecordMeta.Empty;

    /// <summary>The index entries, by index, then by key, where the read asked for <see cref="RecordDetail.Complete"/>;
    /// otherwise they may be missing.</summary>
    public IReadOnlyList<IndexEntry> Entries { get; init; } = [];

    /// <summary>Who wrote it, as the commit said; null where it said nothing.</summary>
    public string? Origin { get; init; }

    /// <summary>Whether this is a tombstone: what is left of a deleted record, for the feed.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Whether the reader already knew this revision, so that nothing but key and revision is here.</summary>
    public bool IsUnchanged { get; init; }

    internal bool Expires => expiresTicks != long.MaxValue;

    internal long CreatedTicks => createdTicks;

    internal long UpdatedTicks => updatedTicks;

    internal long ExpiresTicks => expiresTicks;

    /// <summary>Says whether the record can be seen at an instant: neither deleted nor expired.</summary>
    public bool IsLiveAt(DateTimeOffset now) => !IsDeleted && expiresTicks > now.UtcTicks;
}
