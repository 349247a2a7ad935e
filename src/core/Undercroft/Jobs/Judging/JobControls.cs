namespace Undercroft.Jobs;

/// <summary>What people and programs do to jobs and queues from outside.</summary>
internal sealed class JobControls(IJobState state, JobMoves moves)
{
    public JobOutcome Apply(JobControlOperation control)
    {
        if (control.Job == JobId.None)
        {
            return Pause(control.Queue!, control.Kind == JobControlKind.Pause);
        }

        if (state.Find(control.Job) is not { } row)
        {
            return new(control.Job, JobEffect.None, default);
        }

        var effect = control.Kind switch
        {
            JobControlKind.Cancel => Cancel(row),
            JobControlKind.Requeue => Requeue(row),
            JobControlKind.RunNow => RunNow(row),
            JobControlKind.Prioritize => Prioritize(row, control.Priority),
            JobControlKind.Move => MoveTo(row, control.Queue!),
            JobControlKind.Delete => Delete(row),
            _ => JobEffect.None,
        };
        return new(row.Id, effect, row.State);
    }

    private JobOutcome Pause(string queue, bool isPaused)
    {
        var cell = state.FindCell(JobCellKind.Queue, queue);
        if ((cell?.Flag ?? false) == isPaused)
        {
            return new(JobId.None, JobEffect.None, default);
        }

        cell ??= new JobCell(JobCellKind.Queue, queue);
        cell.Flag = isPaused;
        if (isPaused)
        {
            state.SaveCell(cell);
        }
        else
        {
            state.DropCell(cell);
            moves.Wake();
        }

        return new(JobId.None, JobEffect.Changed, default);
    }

    private JobEffect Cancel(JobRow row)
    {
        if (row.HasEnded)
        {
            return JobEffect.None;
        }

        if (row.State != JobState.Running)
        {
            moves.End(row, JobState.Cancelled);
            return JobEffect.Changed;
        }

        state.Change(row);
        row.Demand().IsCancelRequested = true;
        state.Save(row);
        if (state.FindCell(JobCellKind.Session, row.Session.ToString()) is { } cell)
        {
            cell.Counts[JobSessions.Cancels] = 1;
            state.SaveCell(cell);
        }

        return JobEffect.Requested;
    }

    private JobEffect Requeue(JobRow row)
    {
        if (!row.HasEnded)
        {
            return JobEffect.None;
        }

        if (row.Extra?.UniqueKey is { } unique && !TakeKey(row, unique))
        {
            return JobEffect.None;
        }

        if (row.Extra?.Batch is { } batch && state.FindCell(JobCellKind.Batch, batch) is { } cell)
        {
            JobBatch.Requeued(cell, row.State);
            state.SaveCell(cell);
        }

        var was = moves.Leave(row);
        row.State = JobState.Scheduled;
        row.DueAt = moves.Now;
        row.Attempt = 0;
        row.FinishedAt = 0;
        var extra = row.Demand();
        extra.Requeues++;
        extra.Crashes = 0;
        extra.DependenciesLeft = 0;
        extra.Result = default;
        moves.Arrive(row, was);
        moves.Admit(row);
        return JobEffect.Changed;
    }

    // One job of a key at a time: one that has ended stands back while another has it.
    private bool TakeKey(JobRow row, string unique)
    {
        var key = JobMoves.KeyOf(row.Queue, unique);
        var holder = state.FindCell(JobCellKind.Unique, key);
        if (holder is not null && holder.Job != row.Id && state.Find(holder.Job) is { HasEnded: false })
        {
            return false;
        }

        holder ??= new JobCell(JobCellKind.Unique, key) { At = long.MaxValue };
        holder.Job = row.Id;
        state.SaveCell(holder);
        return true;
    }

    private JobEffect RunNow(JobRow row)
    {
        if (row.State != JobState.Scheduled)
        {
            return JobEffect.None;
        }

        var was = moves.Leave(row);
        row.DueAt = moves.Now;
        moves.Arrive(row, was);
        moves.Admit(row);
        return JobEffect.Changed;
    }

    private JobEffect Prioritize(JobRow row, int priority)
    {
        if (row.HasEnded || row.State == JobState.Running)
        {
            return JobEffect.None;
        }

        state.Change(row);
        row.Priority = priority;
        state.Save(row);
        return JobEffect.Changed;
    }

    private JobEffect MoveTo(JobRow row, string queue)
    {
        if (row.HasEnded || row.State == JobState.Running || row.Queue == queue)
        {
            return JobEffect.None;
        }

        if (row.Extra?.UniqueKey is { } unique && !MoveKey(row, unique, queue))
        {
            return JobEffect.None;
        }

        if (row.Extra?.DependenciesLeft > 0)
        {
            state.Change(row);
            row.Queue = queue;
            state.Save(row);
            return JobEffect.Changed;
        }

        // Out of its key's line in the old queue first: others move up there.
        moves.Move(row, JobState.Scheduled);
        state.Change(row);
        row.Queue = queue;
        state.Save(row);
        moves.Admit(row);
        return JobEffect.Changed;
    }

    // Its unique key is of its queue: it moves too, unless another job has it there.
    private bool MoveKey(JobRow row, string unique, string queue)
    {
        var there = state.FindCell(JobCellKind.Unique, JobMoves.KeyOf(queue, unique));
        if (there is not null && there.Job != row.Id && state.Find(there.Job) is { HasEnded: false })
        {
            return false;
        }

        if (state.FindCell(JobCellKind.Unique, JobMoves.KeyOf(row.Queue, unique)) is { } cell && cell.Job == row.Id)
        {
            there ??= new JobCell(JobCellKind.Unique, JobMoves.KeyOf(queue, unique));
            (there.Job, there.At) = (row.Id, cell.At);
            state.DropCell(cell);
            state.SaveCell(there);
        }

        return true;
    }

    private JobEffect Delete(JobRow row)
    {
        if (!row.HasEnded)
        {
            return JobEffect.None;
        }

        JobUpkeep.Forget(state, row);
        return JobEffect.Changed;
    }
}
