using System.Collections.Immutable;
using Undercroft.Backends;
using Undercroft.Files.Journal;

namespace Undercroft.Files.State;

/// <summary>How much is kept for retries.</summary>
/// <param name="ResultsMax">Results of one client.</param>
/// <param name="LanesMax">Clients.</param>
/// <param name="KeptFor">After a client's last commit.</param>
internal sealed record LaneLimits(int ResultsMax, int LanesMax, TimeSpan KeptFor);

/// <summary>The results of one client.</summary>
/// <param name="Lane">The results.</param>
/// <param name="UsedAt">When the last one came, in ticks of UTC.</param>
internal sealed record LaneRow(ReplayLane Lane, long UsedAt);

/// <summary>The results kept for retries, by client; never changes.</summary>
internal sealed class LaneTable
{
    private LaneTable(ImmutableDictionary<Guid, LaneRow> rows) => Rows = rows;

    public static LaneTable Empty { get; } = new(ImmutableDictionary<Guid, LaneRow>.Empty);

    public ImmutableDictionary<Guid, LaneRow> Rows { get; }

    /// <summary>Looks for an earlier commit with the same identity.</summary>
    /// <exception cref="CommitIdentityException">The identity belongs to another commit, or is too old.</exception>
    public StoredReplay? Find(CommitIdentity identity, UInt128 digest) =>
        Rows.TryGetValue(identity.Client, out var row) ? row.Lane.Find(identity, digest) : null;

    public LaneTable With(ClientReplay replay, LaneLimits limits)
    {
        var lane = Rows.TryGetValue(replay.Client, out var row) ? row.Lane : ReplayLane.Empty;
        var rows = Rows.SetItem(replay.Client, new LaneRow(lane.With(replay.Replay, limits.ResultsMax), replay.At));
        return new LaneTable(rows.Count > limits.LanesMax ? Prune(rows, limits, replay.At) : rows);
    }

    /// <summary>The table with a client's results as an index has them; null takes them out.</summary>
    public LaneTable With(Guid client, LaneRow? row) =>
        new(row is null ? Rows.Remove(client) : Rows.SetItem(client, row));

    private static ImmutableDictionary<Guid, LaneRow> Prune(
        ImmutableDictionary<Guid, LaneRow> rows, LaneLimits limits, long now)
    {
        // A tenth at once, so that pruning costs little for each commit; and never the one just used.
        var surplus = Math.Max(1, limits.LanesMax / 10);
        var oldest = rows
            .OrderBy(static row => row.Value.UsedAt)
            .ThenBy(static row => row.Key)
            .TakeWhile((row, i) => i < surplus || row.Value.UsedAt + limits.KeptFor.Ticks < now)
            .Select(static row => row.Key);
        return rows.RemoveRange(oldest);
    }
}
