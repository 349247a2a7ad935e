namespace Undercroft.Jobs;

/// <summary>The moves of a job from state to state, with all that hangs on them: keys, batches, dependents.</summary>
internal sealed class JobMoves(IJobState state, long now)
{
    private const int Active = 0;
    private const int Waiting = 1;

    private readonly IJobLoan? loan = state as IJobLoan;
    private Queue<JobRow>? ended;
    private bool isEnding;

    public long Now { get; } = now;

    public bool HasWork { get; private set; }

    public static string KeyOf(string queue, string key) => FormattableString.Invariant($"{queue.Length}:{queue}{key}");

    /// <summary>Gives a list to use for a while. <see cref="Return"/> follows.</summary>
    public List<JobRow> Borrow() => loan?.Borrow() ?? [];

    /// <summary>Gives a list back.</summary>
    public void Return(List<JobRow> rows) => loan?.Return(rows);

    /// <summary>Gives a row for a new job.</summary>
    public JobRow NewRow(NewJob job) => loan?.TakeRow() ?? new JobRow { Queue = job.Queue, Kind = job.Kind };

    /// <summary>Finds the row of a run; null where the run is stale.</summary>
    public JobRow? FindRun(JobLease lease) =>
        state.Find(lease.Job) is { State: JobState.Running } row && row.Session == lease.Session &&
        row.Fence == lease.Fence
            ? row
            : null;

    /// <summary>Finds who holds the unique key of a new job; null where it is free.</summary>
    public JobCell? FindHolder(NewJob job) =>
        state.FindCell(JobCellKind.Unique, KeyOf(job.Queue, job.UniqueKey!)) is { } cell &&
        (IsWithin(cell) || state.Find(cell.Job) is { HasEnded: false })
            ? cell
            : null;

    /// <summary>Gives a job that waits for nothing else its place: scheduled, ready, or waiting for its key.</summary>
    /// <param name="row">The job: new, or not active.</param>
    /// <param name="isNew">Whether the row was not saved yet.</param>
    public void Admit(JobRow row, bool isNew = false)
    {
        if (row.DueAt > Now)
        {
            Move(row, JobState.Scheduled, isNew);
            return;
        }

        if (row.Extra?.ConcurrencyKey is { } key)
        {
            var counts = state.FindCell(JobCellKind.Concurrency, KeyOf(row.Queue, key)) is { } cell
                ? cell.Counts
                : default;
            if (!counts.IsEmpty && (counts[Waiting] > 0 || counts[Active] >= row.Extra.ConcurrencyLimit))
            {
                Move(row, JobState.Waiting, isNew);
                Promote(row.Queue, key);
                return;
            }
        }

        Move(row, JobState.Ready, isNew);
    }

    /// <summary>Moves a row to another state and settles what that means for its concurrency key.</summary>
    public void Move(JobRow row, JobState to, bool isNew = false)
    {
        var was = isNew ? default : Leave(row);
        row.State = to;
        Arrive(row, was);
    }

    /// <summary>Begins a change of a row. <see cref="Arrive"/> follows.</summary>
    public JobStanding Leave(JobRow row)
    {
        var was = StandingOf(row);
        state.Change(row);
        return was;
    }

    /// <summary>Ends a change of a row: keeps it, and settles what that means for its concurrency key.</summary>
    public void Arrive(JobRow row, JobStanding was)
    {
        if (row.State != JobState.Running)
        {
            row.Session = default;
        }

        state.Save(row);
        HasWork |= row.State is JobState.Ready or JobState.Scheduled;
        if (row.Extra?.ConcurrencyKey is { } key)
        {
            var standing = StandingOf(row);
            Count(
                row.Queue, key, Difference(was.IsActive, standing.IsActive),
                Difference(was.IsWaiting, standing.IsWaiting));
            if (was.IsActive && !standing.IsActive)
            {
                Promote(row.Queue, key);
            }
        }
    }

    /// <summary>Says that there is work to claim.</summary>
    public void Wake() => HasWork = true;

    /// <summary>Ends a job, and all that its end brings with it.</summary>
    public void End(JobRow row, JobState to, string? error = null, ReadOnlyMemory<byte> result = default)
    {
        var was = Leave(row);
        row.State = to;
        row.FinishedAt = Now;
        if (error is not null)
        {
            Note(row, error);
        }

        if (!result.IsEmpty)
        {
            row.Demand().Result = result.ToArray();
        }

        if (row.Extra is { } extra)
        {
            extra.IsCancelRequested = false;
            extra.HasToken = false;
        }

        Arrive(row, was);
        if (row.Extra is not null)
        {
            (ended ??= new()).Enqueue(row);
            Follow(ended);
        }
    }

    public void Settle(JobRow row, Settlement settlement)
    {
        var isCancelled = row.Extra?.IsCancelRequested == true;
        switch (settlement.Kind)
        {
            case SettlementKind.Succeed:
                End(row, JobState.Succeeded, result: settlement.Result);
                break;
            case SettlementKind.Cancel:
                End(row, JobState.Cancelled);
                break;
            case SettlementKind.Fail:
                End(row, JobState.Dead, settlement.Error);
                break;
            case SettlementKind.Retry or SettlementKind.Snooze or SettlementKind.Release when isCancelled:
                End(row, JobState.Cancelled, settlement.Error);
                break;
            case SettlementKind.Retry when row.Attempt >= row.AttemptsMax:
                End(row, JobState.Dead, settlement.Error);
                break;
            default:
                GoOn(row, settlement);
                break;
        }
    }

    public JobOutcome Keep(StepOperation step)
    {
        var row = FindRun(step.Lease)!;
        state.Change(row);
        var extra = row.Demand();
        extra.Steps =
        [
            .. (extra.Steps ?? []).Where(one => one.Name != step.Name),
            new JobStep(step.Name, step.Output.ToArray()),
        ];
        state.Save(row);
        return new(row.Id, JobEffect.Settled, row.State);
    }

    /// <summary>Adds an error to those kept.</summary>
    public void Note(JobRow row, string error)
    {
        var extra = row.Demand();
        var noted = new JobError(
            row.Attempt,
            new DateTimeOffset(Now, TimeSpan.Zero),
            error.Length > JobLimits.ErrorLengthMax ? error[..JobLimits.ErrorLengthMax] : error);
        extra.Errors = [.. (extra.Errors ?? []).TakeLast(JobLimits.ErrorsKept - 1), noted];
    }

    /// <summary>Says that one of what a job waits for has ended.</summary>
    /// <param name="row">The job that waits.</param>
    /// <param name="policy">What it does without success.</param>
    /// <param name="hasSucceeded">Whether it ended well.</param>
    public void Release(JobRow row, DependencyPolicy policy, bool hasSucceeded)
    {
        if (row.State != JobState.Waiting || row.Extra is not { DependenciesLeft: > 0 } extra)
        {
            return;
        }

        if (!hasSucceeded && policy != DependencyPolicy.Ignore)
        {
            const string Reason = "A job it depends on ended without success.";
            var to = policy == DependencyPolicy.Fail ? JobState.Dead : JobState.Cancelled;
            End(row, to, Reason);
            return;
        }

        state.Change(row);
        extra.DependenciesLeft--;

        // Not yet of those that wait for a key: that is for the admission to say.
        var isFree = extra.DependenciesLeft == 0;
        if (isFree)
        {
            row.State = JobState.Scheduled;
        }

        state.Save(row);
        if (isFree)
        {
            Admit(row);
        }
    }

    private static int Difference(bool was, bool isNow) => (isNow ? 1 : 0) - (was ? 1 : 0);

    private static JobStanding StandingOf(JobRow row) => row.Extra?.ConcurrencyKey is null
        ? default
        : new(row.State is JobState.Ready or JobState.Running, row.Place.List == JobList.Waiters);

    private bool IsWithin(JobCell unique) => unique.At != long.MaxValue && unique.At > Now;

    // A run ends and the job goes on. What goes on at once keeps its place in its key.
    private void GoOn(JobRow row, Settlement settlement)
    {
        var was = Leave(row);
        if (settlement.Kind == SettlementKind.Retry)
        {
            Note(row, settlement.Error!);
        }
        else
        {
            row.Attempt--;
        }

        if (settlement.Kind == SettlementKind.Snooze)
        {
            row.Demand().Snoozes++;
        }

        if (settlement.Kind != SettlementKind.Release)
        {
            row.DueAt = Now + settlement.Delay.Ticks;
        }

        row.State = row.DueAt > Now ? JobState.Scheduled : JobState.Ready;
        Arrive(row, was);
    }

    private void Count(string queue, string key, int active, int waiting)
    {
        if (active == 0 && waiting == 0)
        {
            return;
        }

        var name = KeyOf(queue, key);
        var cell = state.FindCell(JobCellKind.Concurrency, name) ?? new JobCell(JobCellKind.Concurrency, name);
        cell.Counts[Active] += active;
        cell.Counts[Waiting] += waiting;
        if (cell.Counts[Active] == 0 && cell.Counts[Waiting] == 0)
        {
            state.DropCell(cell);
        }
        else
        {
            state.SaveCell(cell);
        }
    }

    // Whoever waits longest for a key goes on, while there is room.
    private void Promote(string queue, string key)
    {
        var name = KeyOf(queue, key);
        var heads = Borrow();
        while (state.FindCell(JobCellKind.Concurrency, name) is { } cell && cell.Counts[Waiting] > 0)
        {
            heads.Clear();
            state.Walk(new JobPlace(JobList.Waiters, queue, key), 1, heads);
            if (heads.Count == 0 || cell.Counts[Active] >= heads[0].Extra!.ConcurrencyLimit)
            {
                break;
            }

            Move(heads[0], JobState.Ready);
        }

        Return(heads);
    }

    // What an end brings: one after the other, so that a long chain needs no deep stack.
    private void Follow(Queue<JobRow> ended)
    {
        if (isEnding)
        {
            return;
        }

        isEnding = true;
        while (ended.TryDequeue(out var row))
        {
            var extra = row.Extra!;
            if (extra.UniqueKey is { } unique)
            {
                Free(row, unique);
            }

            if (extra.Batch is { } batch)
            {
                Tell(batch, row.State);
            }

            if (extra.Dependents is { } dependents)
            {
                state.Change(row);
                extra.Dependents = null;
                state.Save(row);
                Tell(dependents, row.State == JobState.Succeeded);
            }
        }

        isEnding = false;
    }

    private void Tell(IReadOnlyList<JobEdge> edges, bool hasSucceeded)
    {
        foreach (var edge in edges)
        {
            if (state.Find(edge.Child) is { } child)
            {
                Release(child, edge.Policy, hasSucceeded);
            }
        }
    }

    private void Free(JobRow row, string unique)
    {
        if (state.FindCell(JobCellKind.Unique, KeyOf(row.Queue, unique)) is { } cell && cell.Job == row.Id &&
            !IsWithin(cell))
        {
            state.DropCell(cell);
        }
    }

    private void Tell(string batch, JobState end)
    {
        if (state.FindCell(JobCellKind.Batch, batch) is not { } cell)
        {
            return;
        }

        JobBatch.Ended(cell, end);
        var edges = cell.Counts[JobBatch.Pending] == 0 ? cell.Edges : null;
        if (edges is not null)
        {
            cell.Edges = null;
        }

        state.SaveCell(cell);
        if (edges is not null)
        {
            Tell(edges, hasSucceeded: true);
        }
    }
}
