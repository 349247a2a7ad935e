using Microsoft.Extensions.Logging;

namespace Undercroft.Jobs;

/// <summary>One session of a worker: its signs of life, and what runs under it. It is over for good once it was found
/// expired, by the store or by this process's own steady clock.</summary>
internal sealed class WorkerSession
{
    // A lease is given up this much before its end: the store's clock and this one need not agree to the tick.
    private const int MarginParts = 10;
    private const int BeatsPerLease = 3;

    private static readonly TimeSpan LimitMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<JobId, JobRun> runs = [];
    private readonly HashSet<JobLease> held = [];
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Signal wantsBeat = new();
    private readonly JobWorker worker;
    private Task beatWanted;
    private long renewedAt;

    private WorkerSession(JobWorker worker, SessionId id, long renewedAt)
    {
        this.worker = worker;
        this.renewedAt = renewedAt;
        beatWanted = wantsBeat.Reset();
        Id = id;
    }

    public SessionId Id { get; }

    /// <summary>Completes when the session is over.</summary>
    public Task Lost => lost.Task;

    public bool IsLost => lost.Task.IsCompleted;

    /// <summary>The runs under the session.</summary>
    public IReadOnlyList<JobRun> Runs
    {
        get
        {
            lock (gate)
            {
                return [.. runs.Values];
            }
        }
    }

    private TimeSpan Interval => worker.Options.Lease / BeatsPerLease;

    private TimeSpan Trusted => worker.Options.Lease - (worker.Options.Lease / MarginParts);

    /// <summary>Opens a session.</summary>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static async ValueTask<WorkerSession> OpenAsync(JobWorker worker, CancellationToken cancellationToken)
    {
        // Before the call: what passes until the answer is not time that we know we have.
        var before = worker.Clock.GetTimestamp();
        var session = new WorkerSession(worker, SessionId.New(), before);
        _ = await worker.Link.Store.HeartbeatAsync(
            session.Id,
            new SessionUpdate
            {
                Kind = SessionUpdateKind.Open,
                Lease = worker.Options.Lease,
                Name = worker.Options.Name,
            },
            cancellationToken).ConfigureAwait(false);
        return session;
    }

    /// <summary>Says that a claim has brought a run.</summary>
    public void Hold(JobLease lease)
    {
        lock (gate)
        {
            _ = held.Add(lease);
        }
    }

    /// <summary>Says that a run is settled. What cannot be settled stays held: it has run already.</summary>
    public void Let(JobLease lease)
    {
        lock (gate)
        {
            _ = held.Remove(lease);
        }
    }

    /// <summary>The runs that claims have brought and that are not settled, as far as is known here.</summary>
    public IReadOnlyCollection<JobLease> Held()
    {
        lock (gate)
        {
            return held.ToHashSet();
        }
    }

    public void Add(JobRun run)
    {
        lock (gate)
        {
            runs[run.Job.Id] = run;
        }

        if (IsLost)
        {
            run.Cancel(JobCancelReason.LeaseLost);
        }
    }

    public void Remove(JobRun run)
    {
        lock (gate)
        {
            if (runs.TryGetValue(run.Job.Id, out var known) && known == run)
            {
                _ = runs.Remove(run.Job.Id);
            }
        }
    }

    /// <summary>Asks for a sign of life soon, because a run has something to say.</summary>
    public void WantBeat() => wantsBeat.Set();

    /// <summary>Renews the lease until the session is lost or the worker ends it.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        while (!IsLost)
        {
            worker.Pulse.Turn(WorkerLoop.Heartbeat);
            await WaitAsync(cancellationToken).ConfigureAwait(false);
            if (HasExpired())
            {
                // A process that was stopped for long finds this out here: it must not renew what others hold by now.
                Lose();
                return;
            }

            // Before the beat takes what there is to say: what is said after that asks for another one.
            beatWanted = wantsBeat.Reset();
            try
            {
                await BeatAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // The lease lasts for two more tries; then the steady clock ends the session.
                Log.LoopFailed(worker.Logger, error, "heartbeat", Interval);
            }

            if (HasExpired())
            {
                Lose();
            }
        }
    }

    /// <summary>Says that the session is over: its runs are cancelled, and nothing renews it.</summary>
    public void Lose()
    {
        if (!lost.TrySetResult())
        {
            return;
        }

        Log.SessionLost(worker.Logger, Id);
        foreach (var run in Runs)
        {
            run.Cancel(JobCancelReason.LeaseLost);
        }
    }

    /// <summary>Ends the session at the store: what it still holds goes back.</summary>
    public async ValueTask CloseAsync(CancellationToken cancellationToken) =>
        _ = await worker.Link.Store.HeartbeatAsync(
            Id,
            new SessionUpdate { Kind = SessionUpdateKind.Close, Lease = worker.Options.Lease },
            cancellationToken).ConfigureAwait(false);

    /// <summary>Sends one sign of life.</summary>
    public async ValueTask BeatAsync(CancellationToken cancellationToken)
    {
        var before = worker.Clock.GetTimestamp();
        var progress = Runs.Select(static run => run.TakeProgress()).OfType<JobProgress>().ToList();

        // It may last as long as the lease is trusted, counted from the last renewal: what comes later is too late.
        var left = Trusted - worker.Clock.GetElapsedTime(Volatile.Read(ref renewedAt));
        using var limit = new CancellationTokenSource(left > LimitMin ? left : LimitMin, worker.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        SessionStatus state;
        try
        {
            state = await worker.Link.Store.HeartbeatAsync(
                Id, new SessionUpdate { Lease = worker.Options.Lease, Progress = progress }, either.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                "The store did not answer the heartbeat while the lease could be trusted. Look at the store and the " +
                "way to it; where this process was stopped meanwhile, its jobs run again elsewhere.",
                error);
        }

        if (!state.IsAlive)
        {
            Lose();
            return;
        }

        Volatile.Write(ref renewedAt, before);
        foreach (var lease in state.CancelRequests)
        {
            Find(lease)?.Cancel(JobCancelReason.Requested);
        }
    }

    private bool HasExpired() => worker.Clock.GetElapsedTime(Volatile.Read(ref renewedAt)) >= Trusted;

    private JobRun? Find(JobLease lease)
    {
        lock (gate)
        {
            return runs.TryGetValue(lease.Job, out var run) && run.Job.Lease == lease ? run : null;
        }
    }

    /// <summary>Waits for the next beat: a third of a lease, or less where a run has something to say.</summary>
    private async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var began = worker.Clock.GetTimestamp();
        var whole = Task.Delay(Interval, worker.Clock, ending.Token);
        var first = await Task.WhenAny(whole, beatWanted, Lost).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first != whole && !IsLost)
        {
            var soon = TimeSpan.FromTicks(Math.Min(
                ProgressInterval.Ticks, Math.Max(0, (Interval - worker.Clock.GetElapsedTime(began)).Ticks)));
            _ = await Task.WhenAny(Task.Delay(soon, worker.Clock, ending.Token), whole, Lost).ConfigureAwait(false);
        }

        await ending.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
