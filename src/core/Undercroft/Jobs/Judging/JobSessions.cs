namespace Undercroft.Jobs;

/// <summary>Hears sessions: their beginning, their heartbeat and their end.</summary>
internal sealed class JobSessions(IJobState state, JobMoves moves, int reapMax)
{
    public const int OpenedAt = 0;
    public const int Cancels = 1;

    public SessionStatus Hear(SessionId session, SessionUpdate update)
    {
        var name = session.ToString();
        var cell = state.FindCell(JobCellKind.Session, name);
        var isAlive = cell is { Flag: false } && cell.At > moves.Now;
        switch (update.Kind)
        {
            case SessionUpdateKind.Open when cell is null:
                cell = new JobCell(JobCellKind.Session, name);
                cell.Counts[OpenedAt] = moves.Now;
                break;
            case SessionUpdateKind.Close when cell is not null:
                Close(cell, session, isAlive);
                return new SessionStatus { IsAlive = false };
            case not SessionUpdateKind.Close when isAlive:
                break;
            default:
                return new SessionStatus { IsAlive = false };
        }

        // Whoever beats with an older time than the beat before does not shorten what that one has promised. A time
        // that is off by more is another clock's.
        var until = moves.Now + update.Lease.Ticks;
        cell!.At = cell.At > until && cell.At - until <= update.Lease.Ticks ? cell.At : until;
        cell.Text = update.Name ?? cell.Text;
        foreach (var progress in update.Progress)
        {
            Keep(progress);
        }

        var cancels = FindCancels(cell, session);
        state.SaveCell(cell);
        return new SessionStatus
        {
            IsAlive = true,
            ExpiresAt = new DateTimeOffset(cell.At, TimeSpan.Zero),
            CancelRequests = cancels,
        };
    }

    // What it holds goes back at once; what is too much for one step goes with the next maintenance.
    private void Close(JobCell cell, SessionId session, bool isAlive)
    {
        cell.Flag |= isAlive;
        cell.At = Math.Min(cell.At, moves.Now);
        state.SaveCell(cell);
        _ = JobUpkeep.Reap(state, moves, cell, session, reapMax);
    }

    private void Keep(JobProgress progress)
    {
        if (moves.FindRun(progress.Lease) is { } row)
        {
            state.Change(row);
            var extra = row.Demand();
            (extra.Progress, extra.ProgressText) = (progress.Fraction, progress.Text);
            state.Save(row);
        }
    }

    private List<JobLease> FindCancels(JobCell cell, SessionId session)
    {
        var cancels = new List<JobLease>();
        if (cell.Counts[Cancels] == 0)
        {
            return cancels;
        }

        var rows = moves.Borrow();
        state.Walk(new JobPlace(JobList.Session, Session: session), 10 * JobLimits.ClaimMax, rows);
        foreach (var row in rows)
        {
            if (row.Extra?.IsCancelRequested == true)
            {
                cancels.Add(new JobLease(row.Id, row.Session, row.Fence));
            }
        }

        moves.Return(rows);
        cell.Counts[Cancels] = cancels.Count == 0 ? 0 : 1;
        return cancels;
    }
}
