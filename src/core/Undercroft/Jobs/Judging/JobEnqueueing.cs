namespace Undercroft.Jobs;

/// <summary>Enqueues the jobs of a commit, and links those that wait for each other.</summary>
internal sealed class JobEnqueueing(IJobState state, JobMoves moves)
{
    // The jobs to link, with the places of their outcomes.
    private List<(JobRow Row, NewJob New, int Outcome)>? waiting;
    private Dictionary<JobId, JobId>? others;

    public JobOutcome Enqueue(NewJob job, int position)
    {
        if (state.Find(job.Id) is { } same)
        {
            return new(same.Id, JobEffect.Existing, same.State);
        }

        if (job.UniqueKey is not null && moves.FindHolder(job) is { } holder &&
            Meet(job, holder) is { } outcome)
        {
            (others ??= [])[job.Id] = outcome.Job;
            return outcome;
        }

        var row = ToRow(job);
        Claim(job);
        if (job.DependsOn.Count > 0 || job.AfterBatch is not null)
        {
            row.State = JobState.Waiting;
            row.Demand().DependenciesLeft = job.DependsOn.Count + (job.AfterBatch is null ? 0 : 1);
            state.Save(row);
            (waiting ??= []).Add((row, job, position));
        }
        else
        {
            moves.Admit(row, isNew: true);
        }

        return new(row.Id, JobEffect.Enqueued, row.State);
    }

    /// <summary>Links what waits: all jobs of the commit are there now.</summary>
    public void Link(JobOutcomes outcomes)
    {
        foreach (var (row, job, position) in waiting ?? [])
        {
            foreach (var on in job.DependsOn)
            {
                // A job that stands for another may have been pruned: its unique key is left, and it has succeeded.
                var parent = state.Find(others?.GetValueOrDefault(on.Job, on.Job) ?? on.Job);
                var isItself = parent == row || (parent is not null && IsCircle(row, parent.Id));
                if (isItself || parent is null or { HasEnded: true })
                {
                    // Where another stands for the one it waits for, that may be the job itself.
                    moves.Release(row, on.Policy, isItself || parent is null or { State: JobState.Succeeded });
                }
                else
                {
                    state.Change(parent);
                    var edges = parent.Demand();
                    edges.Dependents = [.. edges.Dependents ?? [], new JobEdge(row.Id, on.Policy)];
                    state.Save(parent);
                }
            }

            if (job.AfterBatch is { } batch)
            {
                LinkTo(batch, row);
            }

            outcomes.SetState(position, row.State);
        }
    }

    private void LinkTo(string batch, JobRow row)
    {
        if (state.FindCell(JobCellKind.Batch, batch) is { } cell && cell.Counts[JobBatch.Pending] > 0 &&
            !IsCircle(row, batch))
        {
            cell.Edges = [.. cell.Edges ?? [], new JobEdge(row.Id, DependencyPolicy.Ignore)];
            state.SaveCell(cell);
        }
        else
        {
            moves.Release(row, DependencyPolicy.Ignore, hasSucceeded: true);
        }
    }

    // Those that nobody stands for cannot go round: the guard has seen them.
    private bool IsCircle(JobRow row, JobNode what) => others is not null && JobWaits.IsCircle(state, row, what);

    // What becomes of a new job whose key is taken; null where it is made all the same.
    private JobOutcome? Meet(NewJob job, JobCell holder)
    {
        var row = state.Find(holder.Job);
        if (row is null or { HasEnded: true } || job.Duplicates is DuplicatePolicy.Return or DuplicatePolicy.Reject)
        {
            return new(holder.Job, JobEffect.Existing, row?.State ?? JobState.Succeeded);
        }

        if (row.State == JobState.Running)
        {
            return null;
        }

        var (priority, attempts, dueAt) = job.Duplicates switch
        {
            DuplicatePolicy.Replace => (job.Priority, job.AttemptsMax, DueAt(job)),
            DuplicatePolicy.Debounce => (row.Priority, row.AttemptsMax, DueAt(job)),
            _ => (row.Priority, row.AttemptsMax, row.DueAt),
        };
        var was = moves.Leave(row);
        row.Payload = job.Payload.ToArray();
        (row.Priority, row.AttemptsMax, row.DueAt) = (priority, attempts, dueAt);
        if (dueAt > moves.Now && (row.State == JobState.Ready || was.IsWaiting))
        {
            row.State = JobState.Scheduled;
        }

        moves.Arrive(row, was);
        if (row.State == JobState.Scheduled && dueAt <= moves.Now)
        {
            moves.Admit(row);
        }

        return new(row.Id, JobEffect.Updated, row.State);
    }

    private long DueAt(NewJob job) => job.DueAt?.UtcTicks ?? (moves.Now + job.Delay.Ticks);

    private void Claim(NewJob job)
    {
        if (job.UniqueKey is { } unique)
        {
            var key = JobMoves.KeyOf(job.Queue, unique);
            var cell = state.FindCell(JobCellKind.Unique, key) ?? new JobCell(JobCellKind.Unique, key);
            cell.Job = job.Id;
            cell.At = job.UniqueFor == TimeSpan.Zero ? long.MaxValue : moves.Now + job.UniqueFor.Ticks;
            state.SaveCell(cell);
        }

        if (job.Batch is { } batch)
        {
            var cell = state.FindCell(JobCellKind.Batch, batch) ?? new JobCell(JobCellKind.Batch, batch);
            JobBatch.Begun(cell);
            state.SaveCell(cell);
        }
    }

    private JobRow ToRow(NewJob job)
    {
        var isPlain = job is
        {
            UniqueKey: null, ConcurrencyKey: null, RateLimit: null, Batch: null, Headers.Count: 0, CrashesMax: 3,
        } && job.Timeout == TimeSpan.Zero;
        var row = moves.NewRow(job);
        row.Begin(job, state.NextOrder(), moves.Now, Math.Max(moves.Now, DueAt(job)));
        row.Extra = isPlain ? null : new JobExtra
        {
            Headers = job.Headers,
            Timeout = job.Timeout.Ticks,
            CrashesMax = job.CrashesMax,
            UniqueKey = job.UniqueKey,
            ConcurrencyKey = job.ConcurrencyKey,
            ConcurrencyLimit = job.ConcurrencyLimit,
            RateLimit = job.RateLimit,
            Batch = job.Batch,
        };
        return row;
    }
}
