using Undercroft.Jobs;
using Undercroft.Layers;

namespace Undercroft.Tests.Jobs;

/// <summary>What is special about jobs kept as records: commits that are bounded, and contended.</summary>
public sealed class RecordJobTests
{
    private const string Kind = "work";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_with_large_payloads_are_claimed_given_back_and_pruned_in_smaller_parts()
    {
        const int Count = 40;
        await using var store = new MemoryStore(new MemoryStoreOptions
        {
            Limits = new StoreLimits { CommitBytesMax = 64 * 1024, ValueBytesMax = 32 * 1024 },
        });
        var jobs = JobStore.For(store, asRecords: true);
        for (var i = 0; i < Count; i++)
        {
            await DoAsync(jobs, new EnqueueOperation(new NewJob { Kind = Kind, Payload = new byte[20_000] }));
        }

        // All of it would be 800 KB; a commit takes 64.
        var session = await OpenAsync(jobs);
        var claimed = new HashSet<JobId>();
        while (await ClaimAsync(jobs, session, Count) is { Count: > 0 } some)
        {
            claimed.UnionWith(some.Select(static job => job.Id));
        }

        Assert.Equal(Count, claimed.Count);

        // Those that cannot be given back at once go with maintenance.
        _ = await jobs.HeartbeatAsync(session, new SessionUpdate { Kind = SessionUpdateKind.Close }, Cancel);
        await MaintainAsync(jobs, new JobMaintenance());
        Assert.Equal(Count, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Ready]);

        session = await OpenAsync(jobs);
        while (await ClaimAsync(jobs, session, Count) is { Count: > 0 } some)
        {
            foreach (var job in some)
            {
                await DoAsync(jobs, new SettleOperation(job.Lease, Settlement.Succeeded));
            }
        }

        await MaintainAsync(jobs, new JobMaintenance { KeepSucceeded = TimeSpan.Zero });
        Assert.Equal(0, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Succeeded]);
    }

    [Fact]
    public async Task Due_jobs_with_large_payloads_are_taken_up_in_smaller_parts()
    {
        const int Count = 30;
        var clock = new Undercroft.Testing.ManualClock();
        await using var store = new MemoryStore(
            new MemoryStoreOptions { Limits = new StoreLimits { CommitBytesMax = 64 * 1024 } }, clock);
        var jobs = JobStore.For(store, clock, asRecords: true);
        for (var i = 0; i < Count; i++)
        {
            await DoAsync(jobs, new EnqueueOperation(new NewJob
            {
                Kind = Kind,
                Payload = new byte[20_000],
                Delay = TimeSpan.FromHours(1),
            }));
        }

        clock.Advance(TimeSpan.FromHours(1));
        var session = await OpenAsync(jobs);
        Assert.NotEmpty(await ClaimAsync(jobs, session, 1));
        await MaintainAsync(jobs, new JobMaintenance());
        Assert.Equal(0, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Scheduled]);
    }

    [Fact]
    public async Task A_heartbeat_waits_for_no_claim()
    {
        await using var store = new SlowStore(new MemoryStore());
        var jobs = JobStore.For(store, asRecords: true);
        await DoAsync(jobs, new EnqueueOperation(new NewJob { Kind = Kind }));
        var session = await OpenAsync(jobs);

        store.Hold();
        var claim = ClaimAsync(jobs, session, 1);
        await store.Held.WaitAsync(Patience, Cancel);
        var beat = jobs.HeartbeatAsync(session, new SessionUpdate(), Cancel).AsTask();
        var status = await beat.WaitAsync(Patience, Cancel);

        Assert.True(status.IsAlive);
        Assert.False(claim.IsCompleted);
        store.Release();
        _ = Assert.Single(await claim.WaitAsync(Patience, Cancel));
    }

    [Fact]
    public async Task Writers_who_always_lose_take_turns()
    {
        // The store lets somebody else be faster, far more often than any luck would.
        await using var store = new SlowStore(new MemoryStore());
        var jobs = JobStore.For(store, asRecords: true);
        store.Rival = 300;
        await DoAsync(jobs, new EnqueueOperation(new NewJob { Kind = Kind, ConcurrencyKey = "one" }));

        Assert.Equal(0, store.Rival);
        Assert.Equal(1, (await jobs.ListQueuesAsync(Cancel))[0][JobState.Ready]);
    }

    [Fact]
    public async Task A_damaged_record_is_named_by_whoever_needs_it()
    {
        await using var store = new MemoryStore();
        var jobs = JobStore.For(store, asRecords: true);
        var job = new NewJob { Kind = Kind };
        await DoAsync(jobs, new EnqueueOperation(job));
        var session = await OpenAsync(jobs);
        var key = new RecordKey("$jobs", job.Id.ToString());
        var record = (await store.ReadAsync(key, cancellationToken: Cancel))[0]!;
        _ = await store.CommitAsync(
            new Commit(new PutOperation(key, record.Value[..5], WriteCondition.Present) { Entries = record.Entries }),
            Cancel);

        foreach (var call in new Func<Task>[]
        {
            async () => await jobs.FindJobAsync(job.Id, Cancel),
            async () => await jobs.ListJobsAsync(new JobFilter { State = JobState.Ready }, Cancel),
            () => ClaimAsync(jobs, session, 1),
            () => DoAsync(jobs, JobControlOperation.Cancel(job.Id)),
        })
        {
            var error = await Assert.ThrowsAsync<StoreException>(call);

            Assert.Equal((StoreErrorKind.Corrupt, store.Info.Backend), (error.Kind, error.Backend));
            Assert.StartsWith(
                $"The jobs of the store cannot be read: the record '{key}' is damaged. The job {job.Id} cannot be " +
                "read. The data is damaged at byte 2 of 5: a length points past the end.",
                error.Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_damaged_count_is_named()
    {
        await using var store = new MemoryStore();
        var jobs = JobStore.For(store, asRecords: true);
        _ = await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("$job-counts", "9:mail"), new byte[8], WriteCondition.Absent)),
            Cancel);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await jobs.ListQueuesAsync(Cancel));

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Contains("'$job-counts/9:mail' is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_work_ends_where_the_store_cannot_wait()
    {
        await using var store = new DeafStore(new MemoryStore());
        var jobs = JobStore.For(store, asRecords: true);

        await jobs.WaitForWorkAsync(jobs.WorkMark, Cancel);
    }

    [Fact]
    public async Task Maintenance_reads_nothing_of_what_is_not_old_enough()
    {
        await using var store = new SlowStore(new MemoryStore());
        var jobs = JobStore.For(store, asRecords: true);
        var session = await OpenAsync(jobs);
        for (var i = 0; i < 5; i++)
        {
            await DoAsync(jobs, new EnqueueOperation(new NewJob { Kind = Kind }));
            var run = Assert.Single(await ClaimAsync(jobs, session, 1));
            await DoAsync(jobs, new SettleOperation(run.Lease, Settlement.Succeed(new byte[1000])));
        }

        store.Scanned = 0;
        await MaintainAsync(jobs, new JobMaintenance { KeepSucceeded = TimeSpan.FromDays(1) });
        Assert.Equal(0, store.Scanned);
        await MaintainAsync(jobs, new JobMaintenance { KeepSucceeded = TimeSpan.Zero });
        Assert.True(store.Scanned >= 5);
    }

    private static async Task DoAsync(JobStore jobs, StoreOperation operation) =>
        Assert.True((await jobs.CommitAsync(new Commit(operation), Cancel)).IsCommitted);

    private static async Task<SessionId> OpenAsync(JobStore jobs)
    {
        var session = SessionId.New();
        var status = await jobs.HeartbeatAsync(session, new SessionUpdate { Kind = SessionUpdateKind.Open }, Cancel);
        Assert.True(status.IsAlive);
        return session;
    }

    private static async Task<IReadOnlyList<LeasedJob>> ClaimAsync(JobStore jobs, SessionId session, int max) =>
        (await jobs.ClaimAsync(
            session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kind], Max = max }, Cancel)).Jobs;

    private static async Task MaintainAsync(JobStore jobs, JobMaintenance request)
    {
        for (var i = 0; (await jobs.MaintainJobsAsync(request, Cancel)).HasMore; i++)
        {
            Assert.True(i < 1000, "Maintenance does not come to an end.");
        }
    }

    /// <summary>A store that cannot wait.</summary>
    private sealed class DeafStore(IStore inner) : DelegatingStore(inner)
    {
        public override ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default) =>
            throw new StoreException(StoreErrorKind.Unavailable, "The server is away.");
    }

    /// <summary>A store whose commits can be held up, and lost to somebody else.</summary>
    private sealed class SlowStore(IStore inner) : DelegatingStore(inner)
    {
        private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int isHolding;

        public int Rival { get; set; }

        /// <summary>How many records scans have brought.</summary>
        public int Scanned { get; set; }

        public Task Held => held.Task;

        public void Hold() => isHolding = 1;

        public override async ValueTask<ScanPage> ScanAsync(
            ScanRequest request, CancellationToken cancellationToken = default)
        {
            var page = await base.ScanAsync(request, cancellationToken);
            Scanned += page.Items.Count;
            return page;
        }

        public void Release() => released.SetResult();

        public override async ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref isHolding, 0) == 1)
            {
                held.SetResult();
                await released.Task.WaitAsync(cancellationToken);
            }

            if (Rival > 0)
            {
                Rival--;
                return new CommitResult
                {
                    Revision = Revision.None,
                    Conflicts =
                    [
                        new CommitConflict(
                            commit.Operations.Count - 1, commit.Operations[^1].Key, ConflictKind.Condition,
                            Revision.None),
                    ],
                };
            }

            return await base.CommitAsync(commit, cancellationToken);
        }
    }
}
