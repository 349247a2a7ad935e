namespace Undercroft.Jobs;

/// <summary>Claims as many jobs as there are places for, and starts them.</summary>
internal sealed class ClaimLoop
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HeldInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan NapMin = TimeSpan.FromMilliseconds(1);

    private readonly Signal freed = new();
    private readonly Lock gate = new();
    private readonly HashSet<Task> runs = [];
    private readonly QueueSlots[] queues;
    private readonly string[] kinds;
    private readonly JobWorker worker;
    private (DateTimeOffset At, long Heard)? storeTime;

    // When a claim last failed: its answer may be lost, and jobs with it, which are asked for until it cannot come any
    // more.
    private long? failedAt;

    // When the store was last told what is held. That is told every now and then without a failure too: a claim may be
    // tried again below, where nobody hears of it, and what the first try took is ours as well.
    private long? heldAt;

    public ClaimLoop(JobWorker worker)
    {
        this.worker = worker;
        kinds = [.. worker.Handlers.Kinds];
        var options = worker.Options.Queues;
        queues = options.Count == 0
            ? [new QueueSlots(NewJob.DefaultQueue, new JobQueueOptions())]
            : [.. options.Select(static pair => new QueueSlots(pair.Key, pair.Value))];
    }

    public IReadOnlyList<string> Queues => [.. queues.Select(static slots => slots.Queue)];

    public IReadOnlyList<string> Kinds => kinds;

    public int ConcurrencyTotal => queues.Sum(static slots => slots.Free);

    /// <summary>The time of the store, reckoned on from the last claim; null where there was none.</summary>
    public DateTimeOffset? StoreNow
    {
        get
        {
            lock (gate)
            {
                return storeTime is { } known ? known.At + worker.Clock.GetElapsedTime(known.Heard) : null;
            }
        }
    }

    /// <summary>Claims once, and waits until another claim could bring something.</summary>
    public async ValueTask TurnAsync(WorkerSession session, CancellationToken cancellationToken)
    {
        var store = worker.Link.Store;
        var mark = store.WorkMark;
        var slotFreed = freed.Reset();
        var isFull = false;
        TimeSpan? untilDue = null;
        var groups = queues.Where(static slots => slots.Free > 0).GroupBy(static slots => slots.Free).ToList();
        foreach (var group in groups)
        {
            // What a lost claim had taken for these queues may have come with the group before.
            var max = Math.Min(group.Min(static slots => slots.Free), JobLimits.ClaimMax);
            if (max <= 0)
            {
                continue;
            }

            var claim = await ClaimAsync(session, group, max, cancellationToken).ConfigureAwait(false);
            if (!claim.IsSessionAlive)
            {
                session.Lose();
                return;
            }

            foreach (var job in claim.Jobs)
            {
                Take(session, job);
            }

            isFull |= claim.Jobs.Count >= max;
            if (claim.NextDueAt is { } due && (untilDue is null || due - claim.At < untilDue))
            {
                untilDue = due - claim.At;
            }
        }

        if (isFull && queues.Any(static slots => slots.Free > 0))
        {
            return;
        }

        var hasNoPlace = isFull || queues.Any(static slots => slots.Free <= 0);
        await WaitAsync(
            session,
            hasNoPlace ? slotFreed : null,
            groups.Count > 0 ? mark : null,
            untilDue,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives back what was claimed ahead and has not begun.</summary>
    public async ValueTask ReleaseAheadAsync()
    {
        foreach (var job in queues.SelectMany(static slots => slots.TakeAhead()))
        {
            await worker.Settling.AddAsync(job.Lease, Settlement.Released).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when nothing runs that runs now.</summary>
    public Task WhenIdleAsync()
    {
        lock (gate)
        {
            return Task.WhenAll([.. runs]);
        }
    }

    private async ValueTask<ClaimResult> ClaimAsync(
        WorkerSession session, IEnumerable<QueueSlots> group, int max, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(CallTimeout, worker.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var began = worker.Clock.GetTimestamp();
        heldAt ??= began;
        var tells = failedAt is not null || worker.Clock.GetElapsedTime(heldAt.Value, began) >= HeldInterval;
        var request = new ClaimRequest
        {
            Queues = [.. group.Select(static slots => slots.Queue)],
            Kinds = kinds,
            Max = max,
            Held = tells ? session.Held() : null,
        };
        ClaimResult claim;
        try
        {
            claim = await worker.Link.Store.ClaimAsync(session.Id, request, either.Token).ConfigureAwait(false);
        }
        catch
        {
            failedAt = worker.Clock.GetTimestamp();
            throw;
        }

        if (tells && claim.Jobs.Count < max)
        {
            heldAt = began;
        }

        if (failedAt is { } failed && worker.Clock.GetElapsedTime(failed, began) > CallTimeout &&
            claim.Jobs.Count < max)
        {
            failedAt = null;
        }

        lock (gate)
        {
            storeTime = (claim.At, worker.Clock.GetTimestamp());
        }

        return claim;
    }

    private void Take(WorkerSession session, LeasedJob job)
    {
        session.Hold(job.Lease);
        worker.Meter.Claimed(job);
        var slots = Array.Find(queues, known => known.Queue == job.Queue)!;
        if (slots.TryBegin(job))
        {
            Start(slots, job);
        }
    }

    private void Start(QueueSlots slots, LeasedJob job)
    {
        var run = RunAsync(slots, job);
        if (run.IsCompleted)
        {
            return;
        }

        lock (gate)
        {
            _ = runs.Add(run);
        }

        _ = run.ContinueWith(
            (ended, state) => ((ClaimLoop)state!).Forget(ended),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Forget(Task ended)
    {
        lock (gate)
        {
            _ = runs.Remove(ended);
        }
    }

    /// <summary>Runs a job in a place, and those after it that wait for the place.</summary>
    private async Task RunAsync(QueueSlots slots, LeasedJob? job)
    {
        for (; job is not null; job = slots.End())
        {
            // What waited under a session that is over is no longer ours.
            if (worker.FindSession(job.Lease.Session) is { } owner)
            {
                await worker.RunJobAsync(owner, job).ConfigureAwait(false);
            }
        }

        freed.Set();
    }

    private async ValueTask WaitAsync(
        WorkerSession session,
        Task? slotFreed,
        long? mark,
        TimeSpan? untilDue,
        CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reasons = new List<Task>(4) { session.Lost, Task.Delay(Nap(untilDue), worker.Clock, ending.Token) };
        if (slotFreed is not null)
        {
            reasons.Add(slotFreed);
        }

        if (mark is { } before)
        {
            reasons.Add(worker.Link.Store.WaitForWorkAsync(before, ending.Token).AsTask());
        }

        var first = await Task.WhenAny(reasons).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await first.ConfigureAwait(false);
    }

    /// <summary>How long to wait at most: until the next job is due, but no longer than between two looks, which are
    /// spread so that many workers do not look at once.</summary>
    private TimeSpan Nap(TimeSpan? untilDue)
    {
        var poll = worker.Options.PollInterval * (0.9 + (0.2 * worker.NextDouble()));
        return untilDue is { } due && due < poll ? TimeSpan.FromTicks(Math.Max(due.Ticks, NapMin.Ticks)) : poll;
    }
}
