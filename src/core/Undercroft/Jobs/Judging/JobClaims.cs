namespace Undercroft.Jobs;

/// <summary>Gives jobs to sessions.</summary>
internal sealed class JobClaims(IJobState state, JobMoves moves)
{
    // A claim takes up what is due at least so far.
    private const int DueMin = 64;

    // Jobs whose limiter makes them wait leave the line; after so many rounds the claim makes do with what it has.
    private const int RoundsMax = 4;

    private readonly List<JobRow> rows = [];

    public ClaimResult Claim(SessionId session, ClaimRequest request)
    {
        var at = new DateTimeOffset(moves.Now, TimeSpan.Zero);
        if (state.FindCell(JobCellKind.Session, session.ToString()) is not { Flag: false } cell || cell.At <= moves.Now)
        {
            return new ClaimResult { IsSessionAlive = false, At = at };
        }

        _ = Due(state, moves, Math.Max(request.Max, DueMin), out _);
        var paused = new List<string>();
        var open = new List<string>(request.Queues.Count);
        foreach (var queue in request.Queues)
        {
            (state.FindCell(JobCellKind.Queue, queue)?.Flag == true ? paused : open).Add(queue);
        }

        var jobs = new List<LeasedJob>();
        for (var round = 0; round < RoundsMax && jobs.Count < request.Max; round++)
        {
            Collect(open, request.Kinds, request.Max - jobs.Count);
            if (rows.Count == 0)
            {
                break;
            }

            Take(session, jobs);
        }

        if (jobs.Count > 0)
        {
            // Written, not only read: a claim and the end of its session must not pass each other.
            state.SaveCell(cell);
        }

        return new ClaimResult { Jobs = jobs, PausedQueues = paused, NextDueAt = NextDue(state), At = at };
    }

    /// <summary>Makes ready what is due.</summary>
    /// <returns>How many.</returns>
    public static int Due(IJobState state, JobMoves moves, int max, out bool hasMore)
    {
        var rows = new List<JobRow>();
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

        hasMore = count == max;
        return count;
    }

    public static DateTimeOffset? NextDue(IJobState state)
    {
        var rows = new List<JobRow>(1);
        state.Walk(new JobPlace(JobList.Scheduled), 1, rows);
        return rows.Count == 0 ? null : new DateTimeOffset(rows[0].DueAt, TimeSpan.Zero);
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

    private void Take(SessionId session, List<LeasedJob> jobs)
    {
        foreach (var row in rows)
        {
            if (row.State != JobState.Ready || (row.Extra?.RateLimit is { } rate && !HasToken(row, rate)))
            {
                continue;
            }

            Begin(row, session);
            jobs.Add(JobViews.ToLeased(row));
        }
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

    // A bucket of tokens, told by when it is full again. Who finds none draws the next that comes, and waits for it.
    private bool HasToken(JobRow row, RateLimit rate)
    {
        if (row.Extra!.HasToken)
        {
            return true;
        }

        var name = JobMoves.KeyOf(row.Queue, rate.Key);
        var cell = state.FindCell(JobCellKind.Rate, name) ?? new JobCell(JobCellKind.Rate, name);
        var step = rate.Period.Ticks / rate.Permits;
        var full = Math.Max(cell.At, moves.Now) + step;
        var from = full - rate.Period.Ticks;
        cell.At = full;
        state.SaveCell(cell);
        if (from <= moves.Now)
        {
            return true;
        }

        var was = moves.Leave(row);
        row.State = JobState.Scheduled;
        row.DueAt = from;
        row.Extra.HasToken = true;
        moves.Arrive(row, was);
        return false;
    }
}
