using System.Collections.Immutable;
using Undercroft;
using Undercroft.Backends;

namespace LogStore;

/// <summary>All of a store at one instant. It never changes: a change makes the next one.</summary>
internal sealed record LogState(
    RecordTable Table,
    long Sequence,
    long Horizon,
    DateTimeOffset At,
    FeedHistory History,
    ImmutableDictionary<Guid, (ReplayLane Lane, DateTimeOffset UsedAt)> Lanes)
{
    private const int LanesMax = 1_000;

    public static LogState Empty(Guid epoch) => new(
        RecordTable.Empty,
        Sequence: 0,
        Horizon: 0,
        At: default,
        new FeedHistory(epoch, []),
        ImmutableDictionary<Guid, (ReplayLane, DateTimeOffset)>.Empty);

    public LogState With(LogChange change, StoreLimits limits)
    {
        var tombstones = change.Forgotten.Select(key => Table.Find(key)!).ToList();
        return new LogState(
            Table.Without(tombstones)
                .With([.. change.Records.Select(record => new PlannedWrite(Table.Find(record.Key), record))]),
            change.Sequence,
            tombstones.Select(tombstone => tombstone.Revision.Value).Append(Horizon).Max(),
            change.At > At ? change.At : At,
            change.Salt == 0 ? History : History.Begin(new FeedSegment(change.Salt, Sequence)),
            WithReplay(change, limits));
    }

    private ImmutableDictionary<Guid, (ReplayLane Lane, DateTimeOffset UsedAt)> WithReplay(
        LogChange change, StoreLimits limits)
    {
        if (change.Identity is not { } identity)
        {
            return Lanes;
        }

        var lane = Lanes.TryGetValue(identity.Client, out var found) ? found.Lane : ReplayLane.Empty;
        var replay = new StoredReplay(identity.Number, change.Digest, new Revision(change.Sequence), change.Counters);
        var lanes = Lanes.SetItem(identity.Client, (lane.With(replay, limits.ReplaysKept), change.At));
        return lanes.Count <= LanesMax
            ? lanes
            : lanes.RemoveRange(lanes.OrderBy(one => one.Value.UsedAt).Take(LanesMax / 10).Select(one => one.Key));
    }
}
