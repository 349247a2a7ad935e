using Undercroft.Backends;
using Undercroft.Files.State;
using Undercroft.Files.Values;

namespace Undercroft.Files.Journal;

/// <summary>One commit as the journal has it, or one compaction.</summary>
internal sealed record JournalItem
{
    /// <summary>The store's latest revision after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>The store's clock, in ticks of UTC.</summary>
    public required long Clock { get; init; }

    /// <summary>How far the store's clock is ahead of the system's, in ticks; nothing as a rule.</summary>
    public long Ahead { get; init; }

    /// <summary>The segment of history that begins with it, if one does.</summary>
    public FeedSegment? Segment { get; init; }

    /// <summary>The client whose commit it is, and the result to keep for a retry; null where it has no identity.
    /// </summary>
    public ClientReplay? Replay { get; init; }

    /// <summary>The records written.</summary>
    public IReadOnlyList<JournalWrite> Writes { get; init; } = [];

    /// <summary>For a compaction: the tombstones forgotten.</summary>
    public IReadOnlyList<RecordKey> Forgotten { get; init; } = [];
}

/// <summary>A record written by a commit.</summary>
/// <param name="Before">What its file held before.</param>
/// <param name="After">The record, its value a <see cref="StoredValue"/>.</param>
internal readonly record struct JournalWrite(FileMark Before, StoreRecord After);

/// <summary>A result to keep for a retry.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Replay">The result.</param>
/// <param name="At">When, in ticks of UTC.</param>
internal sealed record ClientReplay(Guid Client, StoredReplay Replay, long At);
