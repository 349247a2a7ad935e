using Undercroft.Backends;
using Undercroft.Files.Journal;
using Undercroft.Files.Values;

namespace Undercroft.Files.State;

/// <summary>Everything a store knows, as one snapshot that never changes.</summary>
/// <param name="Table">The records; their values are <see cref="StoredValue"/>s.</param>
/// <param name="Sequence">The latest revision.</param>
/// <param name="Horizon">The latest revision whose tombstone may have been forgotten.</param>
/// <param name="History">The segments of the feed.</param>
/// <param name="Lanes">The results kept for retries.</param>
/// <param name="Clock">The store's clock at its last commit, in ticks of UTC.</param>
internal sealed record StoreState(
    RecordTable Table, long Sequence, long Horizon, FeedHistory History, LaneTable Lanes, long Clock)
{
    /// <summary>How far the store's clock was ahead of the system's then, in ticks; nothing as a rule.</summary>
    public long Ahead { get; init; }

    /// <summary>A store with nothing in it.</summary>
    public static StoreState Empty(Guid epoch) =>
        new(RecordTable.Empty, 0, 0, new FeedHistory(epoch, []), LaneTable.Empty, 0);

    /// <summary>The state after an item whose writes are already planned on this one.</summary>
    public StoreState With(JournalItem item, IReadOnlyList<PlannedWrite> writes, LaneLimits limits)
    {
        var table = writes.Count > 0 ? Table.With(writes) : Table;
        var horizon = Horizon;
        if (item.Forgotten.Count > 0)
        {
            var forgotten = item.Forgotten.Select(table.Find).OfType<StoreRecord>()
                .Where(static record => record.IsDeleted).ToList();
            table = table.Without(forgotten);
            horizon = forgotten.Aggregate(horizon, static (max, tombstone) => Math.Max(max, tombstone.Revision.Value));
        }

        return this with
        {
            Table = table,
            Sequence = Math.Max(Sequence, item.Sequence),
            Horizon = horizon,
            History = item.Segment is { } segment ? History.Begin(segment) : History,
            Lanes = item.Replay is { } replay ? Lanes.With(replay, limits) : Lanes,
            Clock = Math.Max(Clock, item.Clock),
            Ahead = item.Clock < Clock ? Ahead : item.Ahead,
        };
    }

    /// <summary>The state after an item read from a journal.</summary>
    public StoreState Replay(JournalItem item, LaneLimits limits)
    {
        var writes = new PlannedWrite[item.Writes.Count];
        for (var i = 0; i < writes.Length; i++)
        {
            var after = item.Writes[i].After;
            writes[i] = new PlannedWrite(Table.Find(after.Key), after);
        }

        return With(item, writes, limits);
    }
}
