using Undercroft;

namespace LogStore;

/// <summary>What one commit, sweep or compaction does to a store: one frame of the log.</summary>
internal sealed record LogChange
{
    /// <summary>The store's latest revision afterwards.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Names the feed segment that begins with this change; 0 where none begins.</summary>
    public long Salt { get; init; }

    public IReadOnlyList<StoreRecord> Records { get; init; } = [];

    /// <summary>The tombstones that a compaction forgets.</summary>
    public IReadOnlyList<RecordKey> Forgotten { get; init; } = [];

    public CommitIdentity? Identity { get; init; }

    public UInt128 Digest { get; init; }

    public IReadOnlyList<long> Counters { get; init; } = [];
}
