using Undercroft.Backends;

namespace Undercroft;

/// <summary>The lanes of a <see cref="MemoryStore"/>: bounded by age and by number. Not safe for threads: the writer
/// owns it.</summary>
internal sealed class MemoryReplays(StoreLimits limits, int lanesMax)
{
    private readonly Dictionary<Guid, (ReplayLane Lane, DateTimeOffset UsedAt)> lanes = [];

    public StoredReplay? Find(CommitIdentity identity, UInt128 digest) =>
        lanes.TryGetValue(identity.Client, out var row) ? row.Lane.Find(identity, digest) : null;

    public void Keep(CommitIdentity identity, StoredReplay replay, DateTimeOffset now)
    {
        var lane = lanes.TryGetValue(identity.Client, out var row) ? row.Lane : ReplayLane.Empty;
        lanes[identity.Client] = (lane.With(replay, limits.ReplaysKept), now);
        if (lanes.Count > lanesMax)
        {
            Prune(now);
        }
    }

    private void Prune(DateTimeOffset now)
    {
        // A tenth at once, so that pruning costs little for each commit.
        var byAge = lanes.OrderBy(static lane => lane.Value.UsedAt).ToList();
        for (var i = 0; i < byAge.Count; i++)
        {
            if (i <= lanesMax / 10 || byAge[i].Value.UsedAt + limits.ReplaysKeptFor < now)
            {
                _ = lanes.Remove(byAge[i].Key);
            }
        }
    }
}
