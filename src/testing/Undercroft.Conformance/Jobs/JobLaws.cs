using Undercroft.Jobs;
using Undercroft.Testing;

namespace Undercroft.Conformance;

/// <summary>What a binding tells the kit about its jobs, and what the laws share. Derive from
/// <see cref="JobConformance"/>, not from this.</summary>
public abstract class JobLaws : IAsyncLifetime
{
    private protected const string Kind = "work";
    private readonly List<IStore> opened = [];

    /// <summary>Whether jobs are to be kept as records even where the store keeps jobs itself.</summary>
    protected virtual bool AsRecords => false;

    /// <summary>The clock of every store the test opens.</summary>
    protected ManualClock Clock { get; } = new();

    /// <summary>The store under test; empty when the test begins.</summary>
    protected IStore Store { get; private set; } = null!;

    /// <summary>Its jobs.</summary>
    protected JobStore Jobs { get; private set; } = null!;

    /// <summary>Ends when the test is cancelled.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens a new, empty store. Called once for each test, before it; again only to shrink a failure.
    /// </summary>
    protected abstract ValueTask<IStore> OpenAsync(TimeProvider clock);

    /// <summary>Makes the jobs of a store that was opened.</summary>
    protected virtual JobStore JobsOf(IStore store) => JobStore.For(store, Clock, AsRecords);

    /// <summary>Removes what the test has left behind. Called after all its stores are closed.</summary>
    protected virtual ValueTask CleanUpAsync() => default;

    /// <summary>Opens the store.</summary>
    public ValueTask InitializeAsync() => StartOverAsync();

    /// <summary>Closes all stores and cleans up.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var one in opened)
        {
            await one.DisposeAsync();
        }

        await CleanUpAsync();
    }

    /// <summary>Opens a new, empty store.</summary>
    protected async ValueTask StartOverAsync()
    {
        Store = await OpenAsync(Clock);
        Assert.NotNull(Store);
        opened.Add(Store);
        Jobs = JobsOf(Store);
    }

    private protected async Task<SessionId> OpenSessionAsync(TimeSpan? lease = null)
    {
        var session = SessionId.New();
        var status = await HeartbeatAsync(session, SessionUpdateKind.Open, lease);
        Assert.True(status.IsAlive);
        return session;
    }

    private protected async Task<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdateKind kind = SessionUpdateKind.Renew, TimeSpan? lease = null) =>
        await Jobs.HeartbeatAsync(
            session, new SessionUpdate { Kind = kind, Lease = lease ?? JobLimits.DefaultLease }, Cancel);

    private protected async Task<CommitResult> CommitAsync(params StoreOperation[] operations) =>
        await Jobs.CommitAsync(new Commit(operations), Cancel);

    private protected async Task<IReadOnlyList<JobOutcome>> DoAsync(params StoreOperation[] operations)
    {
        var result = await CommitAsync(operations);
        Assert.True(result.IsCommitted, $"The commit met a conflict: {string.Join("; ", result.Conflicts)}");
        return result.Jobs;
    }

    // The clock moves, so that each job has an order of its own on every store.
    private protected async Task<JobId> EnqueueAsync(NewJob job)
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        return (await DoAsync(new EnqueueOperation(job)))[0].Job;
    }

    private protected Task<JobId> EnqueueAsync(string? key = null, int limit = 1, int priority = 0) =>
        EnqueueAsync(new NewJob { Kind = Kind, ConcurrencyKey = key, ConcurrencyLimit = limit, Priority = priority });

    private protected async Task<ClaimResult> ClaimAsync(SessionId session, int max = 100, params string[] queues) =>
        await Jobs.ClaimAsync(
            session,
            new ClaimRequest
            {
                Queues = queues.Length == 0 ? [NewJob.DefaultQueue] : queues,
                Kinds = [Kind],
                Max = max,
            },
            Cancel);

    private protected async Task<LeasedJob> ClaimOneAsync(SessionId session) =>
        Assert.Single((await ClaimAsync(session, 1)).Jobs);

    private protected Task<IReadOnlyList<JobOutcome>> SettleAsync(LeasedJob job, Settlement settlement) =>
        DoAsync(new SettleOperation(job.Lease, settlement));

    private protected async Task<JobMaintenanceReport> MaintainAsync(JobMaintenance? request = null) =>
        await Jobs.MaintainJobsAsync(request ?? new JobMaintenance(), Cancel);

    private protected async Task<JobInfo> FindAsync(JobId job)
    {
        var found = await Jobs.FindJobAsync(job, Cancel);
        Assert.NotNull(found);
        return found;
    }

    private protected async Task IsAsync(JobState state, params JobId[] jobs)
    {
        foreach (var job in jobs)
        {
            Assert.Equal(state, (await FindAsync(job)).State);
        }
    }

    private protected async Task<long> CountAsync(JobState state, string queue = NewJob.DefaultQueue) =>
        (await Jobs.ListQueuesAsync(Cancel)).FirstOrDefault(one => one.Queue == queue)?[state] ?? 0;

    // Whether a client of the race has failed: the others must not wait for what it will never do.
    private protected bool HasFailed { get; private set; }

    private protected async Task<T[]> RaceAsync<T>(int clients, Func<int, Task<T>> client)
    {
        using var start = new Barrier(clients);
        var racing = Enumerable.Range(0, clients).Select(number => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Cancel);
                return WatchAsync(client(number));
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToArray();
        return await Task.WhenAll(racing);
    }

    private async Task<T> WatchAsync<T>(Task<T> racing)
    {
        try
        {
            return await racing;
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }
}
