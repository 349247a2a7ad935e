namespace Undercroft.Jobs;

/// <summary>Does what time has brought.</summary>
internal sealed class JobUpkeep(IJobState state, JobMoves moves)
{
    private const int SessionsMax = 100;

    public JobMaintenanceReport Run(JobMaintenance request)
    {
        var left = request.Max;
        var promoted = JobClaims.Due(state, moves, left, out var hasMore);
        left -= promoted;

        var reaped = 0;
        var sessions = new List<JobCell>();
        state.WalkCells(JobCellKind.Session, moves.Now, SessionsMax, sessions);
        foreach (var cell in sessions)
        {
            if (left - reaped <= 0)
            {
                hasMore = true;
                break;
            }

            reaped += Reap(state, moves, cell, new SessionId(Guid.Parse(cell.Key)), left - reaped);
        }

        hasMore |= sessions.Count == SessionsMax;
        left -= reaped;

        var pruned = 0;
        pruned += Prune(JobList.Succeeded, request.KeepSucceeded, left - pruned);
        pruned += Prune(JobList.Cancelled, request.KeepCancelled, left - pruned);
        pruned += Prune(JobList.Dead, request.KeepDead, left - pruned);
        hasMore |= PruneKeys(request.Max);
        return new JobMaintenanceReport(
            promoted, reaped, pruned, hasMore || pruned == left, JobClaims.NextDue(state, moves));
    }

    /// <summary>Takes from a session that has ended what it held, and forgets the session in the end.</summary>
    /// <returns>How many jobs.</returns>
    public static int Reap(IJobState state, JobMoves moves, JobCell cell, SessionId session, int max)
    {
        var rows = moves.Borrow();
        state.Walk(new JobPlace(JobList.Session, Session: session), max, rows);
        foreach (var row in rows)
        {
            if (cell.Flag)
            {
                moves.Settle(row, Settlement.Released);
            }
            else
            {
                Recover(moves, row);
            }
        }

        var count = rows.Count;
        moves.Return(rows);
        if (count < max)
        {
            state.DropCell(cell);
        }

        return count;
    }

    /// <summary>Forgets a job that has ended.</summary>
    public static void Forget(IJobState state, JobRow row)
    {
        var its = row.Extra?.Batch;
        state.Change(row);
        state.Drop(row);
        if (its is { } batch && state.FindCell(JobCellKind.Batch, batch) is { } cell)
        {
            if (--cell.Counts[JobBatch.Kept] == 0)
            {
                state.DropCell(cell);
            }
            else
            {
                state.SaveCell(cell);
            }
        }
    }

    private static void Recover(JobMoves moves, JobRow row)
    {
        var extra = row.Demand();
        var crashesMax = extra.CrashesMax == 0 ? 3 : extra.CrashesMax;
        if (extra.IsCancelRequested)
        {
            moves.End(row, JobState.Cancelled, "The lease of its worker ended while it was being cancelled.");
        }
        else if (extra.Crashes + 1 >= crashesMax)
        {
            extra.Crashes++;
            moves.End(row, JobState.Dead, $"Poison: its worker died {extra.Crashes} times while it ran.");
        }
        else if (row.Attempt >= row.AttemptsMax)
        {
            extra.Crashes++;
            moves.End(row, JobState.Dead, "The lease of its worker ended in its last attempt.");
        }
        else
        {
            var was = moves.Leave(row);
            extra.Crashes++;
            moves.Note(row, "The lease of its worker ended while it ran.");
            row.State = JobState.Ready;
            moves.Arrive(row, was);
        }
    }

    private int Prune(JobList list, TimeSpan? keep, int max)
    {
        if (keep is not { } age || max <= 0)
        {
            return 0;
        }

        // Only what is old enough is looked at: rows are read whole, and their results may be large.
        var until = moves.Now - age.Ticks;
        var rows = moves.Borrow();
        state.Walk(new JobPlace(list, Until: until), max, rows);
        var count = 0;
        foreach (var row in rows)
        {
            if (row.FinishedAt > until)
            {
                break;
            }

            Forget(state, row);
            count++;
        }

        moves.Return(rows);
        return count;
    }

    // Keys that were taken for a time longer than their jobs took, and limiters that limit nothing any more. Says
    // whether there may be more of them.
    private bool PruneKeys(int max)
    {
        var limiters = new List<JobCell>();
        state.WalkCells(JobCellKind.Rate, moves.Now, max, limiters);
        limiters.ForEach(state.DropCell);
        var cells = new List<JobCell>();
        state.WalkCells(JobCellKind.Unique, moves.Now, max, cells);
        foreach (var cell in cells)
        {
            if (state.Find(cell.Job) is null or { HasEnded: true })
            {
                state.DropCell(cell);
            }
            else
            {
                cell.At = long.MaxValue;
                state.SaveCell(cell);
            }
        }

        return cells.Count == max || limiters.Count == max;
    }
}
