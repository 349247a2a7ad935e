namespace Undercroft.Postgres.Writing;

/// <summary>The commits that wait for a lane, and what the lanes are at. Under a lock of its own.</summary>
/// <remarks>
/// A lane takes its share of all there are, waiting or under way, as far as the bounds allow: so the lanes go on with
/// groups of one size, whatever they began with. Commits of one group that touch the same record are
/// put in rounds, one after the other; what another lane touches waits for that lane. A group is of one kind, that of
/// the commit that has waited longest, so that puts can share a statement that is only for them. A commit that alone
/// exceeds the bounds goes alone, while the other lanes go on with the small ones.
/// </remarks>
/// <param name="groupMax">The most commits of a group.</param>
/// <param name="lanes">How many lanes there are.</param>
internal sealed class CommitQueue(int groupMax, int lanes)
{
    private const int ShareMin = 8;
    private const int RoundsMax = 32;
    private const int OperationsMax = 4_000;
    private const long BytesMax = 4L * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly LinkedList<CommitJob> waiting = new();

    // Above zero: so many commits under way check it. Below: one writes it.
    private readonly Dictionary<Touch, int> busy = [];

    private readonly HashSet<Touch> none = [];
    private long version;
    private int underWay;

    /// <summary>Grows with all that may make a group possible that was not.</summary>
    public long Version => Volatile.Read(ref version);

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Puts a commit at the end.</summary>
    public void Add(CommitJob job)
    {
        lock (gate)
        {
            version++;
            _ = waiting.AddLast(job);
        }
    }

    /// <summary>Takes a commit before it is put anywhere, where nothing is in its way.</summary>
    public bool TryTake(CommitJob job)
    {
        lock (gate)
        {
            if (waiting.First is not null || IsBlocked(job, none) || !job.TryBegin())
            {
                return false;
            }

            Hold(job);
            underWay++;
            return true;
        }
    }

    /// <summary>Takes the next group; null where nothing can be taken now.</summary>
    public List<List<CommitJob>>? Take()
    {
        lock (gate)
        {
            if (waiting.First is null)
            {
                return null;
            }

            var most = Math.Min(groupMax, Math.Max(ShareMin, (waiting.Count + underWay + lanes - 1) / lanes));
            var draft = new Draft();
            var blocked = new HashSet<Touch>();
            var looked = 0;
            for (var node = waiting.First; node is not null && looked < groupMax * 4; looked++)
            {
                var next = node.Next;
                var job = node.Value;
                if (draft.Count == most || !draft.HasRoom(job))
                {
                    break;
                }

                if ((draft.Count > 0 && job.Kind != draft.Kind) || IsBlocked(job, blocked))
                {
                    // Those behind it that touch the same must not come before it.
                    blocked.UnionWith(job.Touches.Select(static one => one.Touch));
                }
                else if (!job.TryBegin())
                {
                    waiting.Remove(node);
                }
                else if (draft.TryAdd(job))
                {
                    waiting.Remove(node);
                }
                else
                {
                    break;
                }

                node = next;
            }

            draft.Rounds.ForEach(round => round.ForEach(Hold));
            underWay += draft.Count;
            return draft.Rounds.Count == 0 ? null : draft.Rounds;
        }
    }

    /// <summary>Says that a group has ended.</summary>
    public void Release(List<List<CommitJob>> group)
    {
        lock (gate)
        {
            version++;
            foreach (var job in group.SelectMany(static round => round))
            {
                underWay--;
                foreach (var (touch, _) in job.Touches)
                {
                    if (!busy.TryGetValue(touch, out var held))
                    {
                        continue;
                    }

                    // Several rounds of one group may touch the same: the last to end frees it.
                    var left = held < 0 ? held + 1 : held - 1;
                    if (left == 0)
                    {
                        _ = busy.Remove(touch);
                    }
                    else
                    {
                        busy[touch] = left;
                    }
                }
            }
        }
    }

    /// <summary>Takes everything that waits, to fail it.</summary>
    public List<CommitJob> Drain()
    {
        lock (gate)
        {
            var all = waiting.ToList();
            waiting.Clear();
            return all;
        }
    }

    private bool IsBlocked(CommitJob job, HashSet<Touch> blocked)
    {
        if (busy.Count == 0 && blocked.Count == 0)
        {
            return false;
        }

        foreach (var (touch, writes) in job.Touches)
        {
            if (blocked.Contains(touch) || (busy.TryGetValue(touch, out var held) && (writes || held < 0)))
            {
                return true;
            }
        }

        return false;
    }

    private void Hold(CommitJob job)
    {
        foreach (var (touch, writes) in job.Touches)
        {
            var held = busy.GetValueOrDefault(touch);

            // A write makes the checks of the same group count as writes.
            busy[touch] = writes || held < 0 ? -Math.Abs(held) - 1 : held + 1;
        }
    }

    /// <summary>A group in the making.</summary>
    private sealed class Draft
    {
        private readonly Dictionary<Touch, (int Written, int Touched)> rounds = [];
        private int operations;
        private long bytes;

        public List<List<CommitJob>> Rounds { get; } = [];

        public int Count { get; private set; }

        public PutKind Kind => Rounds[0][0].Kind;

        public bool HasRoom(CommitJob job) => Count == 0 ||
            (operations + job.Commit.Operations.Count <= OperationsMax && bytes + job.Bytes <= BytesMax);

        public bool TryAdd(CommitJob job)
        {
            var round = 0;
            foreach (var (touch, writes) in job.Touches)
            {
                if (rounds.TryGetValue(touch, out var last))
                {
                    round = Math.Max(round, (writes ? last.Touched : last.Written) + 1);
                }
            }

            if (round >= RoundsMax)
            {
                return false;
            }

            foreach (var (touch, writes) in job.Touches)
            {
                var (written, touched) = rounds.GetValueOrDefault(touch, (-1, -1));
                rounds[touch] = (writes ? Math.Max(written, round) : written, Math.Max(touched, round));
            }

            while (Rounds.Count <= round)
            {
                Rounds.Add([]);
            }

            Rounds[round].Add(job);
            Count++;
            operations += job.Commit.Operations.Count;
            bytes += job.Bytes;
            return true;
        }
    }
}
