namespace Undercroft.Jobs;

/// <summary>Gives jobs to sessions.</summary>
internal sealed class JobClaims(IJobState state, JobMoves moves)
{
    // A claim takes up what is due at least so far.
    public const int DueMin = 64;

    // Where limiters make jobs wait, so many are looked at in one go.
    private const int LimitedMax = 32;

    private readonly List<JobRow> rows = moves.Borrow();
    private LeasedTraits? traits;

    public ClaimResult Claim(SessionId session, ClaimRequest request, int dueMax)
    {
        var claim = Find(session, request, dueMax);
        moves.Return(rows);
        return claim;
    }

    /// <summary>Makes ready what is due.</summary>
    /// <returns>How many.</returns>
    public static int Due(IJobState state, JobMoves moves, int max, out bool hasMore)
    {
        var rows = moves.Borrow();
        state.Walk(new JobPlace(JobList.Scheduled), max, rows);
        var count = 0;
        foreach (var row in rows)
        {
            if (row.DueAt > moves.Now)
            {
                break;
            }

            moves.Admit(row);
            count++;
        }

        moves.Return(rows);
        hasMore = count == max;
        return count;
    }

    public static DateTimeOffset? NextDue(IJobState state, JobMoves moves)
    {
        var rows = moves.Borrow();
        state.Walk(new JobPlace(JobList.Scheduled), 1, rows);
        DateTimeOffset? next = rows.Count == 0 ? null : new DateTimeOffset(rows[0].DueAt, TimeSpan.Zero);
        moves.Return(rows);
        return next;
    }

    private ClaimResult Find(SessionId session, ClaimRequest request, int dueMax)
    {
        var at = new DateTimeOffset(moves.Now, TimeSpan.Zero);
        if (state.FindCell(JobCellKind.Session, session.ToString()) is not { Flag: false } cell || cell.At <= moves.Now)
        {
            return new ClaimResult { IsSessionAlive = false, At = at };
        }

        _ = Due(state, moves, dueMax, out _);
        var paused = new List<string>();
        var open = new List<string>(request.Queues.Count);
        foreach (var queue in request.Queues)
        {
            (state.FindCell(JobCellKind.Queue, queue)?.Flag == true ? paused : open).Add(queue);
        }

        var jobs = request.Held is { } held ? FindLost(session, held, request.Max) : null;
        var hasMore = FindReady(session, request, open, dueMax, ref jobs);
        if (jobs?.Count > 0)
        {
            // Written, not only read: a claim and the end of its session must not pass each other.
            state.SaveCell(cell);
        }

        return new ClaimResult
        {
            Jobs = jobs ?? [],
            PausedQueues = paused,
            NextDueAt = hasMore ? at : NextDue(state, moves),
            At = at,
        };
    }

    // Jobs whose limiter makes them wait leave their place to those behind them. Says whether the claim has put off as
    // many as it does, so that there may be more behind those.
    private bool FindReady(
        SessionId session, ClaimRequest request, List<string> open, int dueMax, ref List<LeasedJob>? jobs)
    {
        var waiting = 0;
        while ((jobs?.Count ?? 0) < request.Max)
        {
            var left = request.Max - (jobs?.Count ?? 0);
            Collect(open, request.Kinds, waiting == 0 ? left : Math.Max(left, Math.Min(dueMax, LimitedMax)));
            var before = waiting;
            if (rows.Count > 0)
            {
                waiting += Take(session, jobs ??= new(rows.Count), request.Max);
            }

            if (waiting == before)
            {
                return false;
            }

            if (waiting >= dueMax)
            {
                return jobs!.Count < request.Max;
            }
        }

        return false;
    }

    // What an earlier claim of the session has taken, whose answer has not arrived: its runs have not begun.
    private List<LeasedJob> FindLost(SessionId session, IReadOnlyCollection<JobLease> held, int max)
    {
        var known = held as HashSet<JobLease> ?? [.. held];
        state.Walk(new JobPlace(JobList.Session, Session: session), max + known.Count, rows);
        var lost = new List<LeasedJob>();
        foreach (var row in rows)
        {
            if (lost.Count < max && !known.Contains(new JobLease(row.Id, row.Session, row.Fence)))
            {
                lost.Add(ToLeased(row));
            }
        }

        return lost;
    }

    private void Collect(List<string> queues, IReadOnlyList<string> kinds, int max)
    {
        rows.Clear();
        foreach (var queue in queues)
        {
            for (var i = 0; i < kinds.Count; i++)
            {
                state.Walk(new JobPlace(JobList.Ready, queue, kinds[i]), max, rows);
            }
        }

        if (queues.Count > 1 || kinds.Count > 1)
        {
            rows.Sort(static (left, right) => left.CompareTo(right));
            if (rows.Count > max)
            {
                rows.RemoveRange(max, rows.Count - max);
            }
        }
    }

    // Says how many had to wait.
    private int Take(SessionId session, List<LeasedJob> jobs, int max)
    {
        var waiting = 0;
        foreach (var row in rows)
        {
            if (jobs.Count == max)
            {
                break;
            }

            if (row.State != JobState.Ready)
            {
                continue;
            }

            if (row.Extra?.RateLimit is { } rate && !HasPermit(row, rate))
            {
                waiting++;
                continue;
            }

            Begin(row, session);
            jobs.Add(ToLeased(row));
        }

        return waiting;
    }

    private void Begin(JobRow row, SessionId session)
    {
        // From ready to running nothing changes for a concurrency key.
        state.Change(row);
        row.State = JobState.Running;
        row.Session = session;
        row.Fence++;
        row.Attempt++;
        row.StartedAt = moves.Now;
        if (row.Extra is { } extra)
        {
            extra.HasToken = false;
            extra.Progress = 0;
            extra.ProgressText = null;
        }

        state.Save(row);
    }

    private bool HasPermit(JobRow row, RateLimit rate)
    {
        var name = JobMoves.KeyOf(row.Queue, rate.Key);
        var cell = state.FindCell(JobCellKind.Rate, name) ?? new JobCell(JobCellKind.Rate, name);
        var mayBegin = new JobLimiter(cell, rate, moves.Now).TryBegin(row.Extra!.HasToken, out var due);
        state.SaveCell(cell);
        if (!mayBegin)
        {
            var was = moves.Leave(row);
            row.State = JobState.Scheduled;
            row.DueAt = due;
            row.Extra.HasToken = true;
            moves.Arrive(row, was);
        }

        return mayBegin;
    }

    private LeasedJob ToLeased(JobRow row)
    {
        if (traits?.Fits(row) != true)
        {
            traits = new LeasedTraits(row);
        }

        return new LeasedJob(row, traits);
    }
}
