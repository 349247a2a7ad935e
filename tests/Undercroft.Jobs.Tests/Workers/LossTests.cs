using System.Diagnostics.CodeAnalysis;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>Answers that are lost, and a store whose own clock jumps.</summary>
public sealed class LossTests : JobsFixture
{
    [Fact]
    public async Task Jobs_of_a_claim_whose_answer_was_lost_run_under_the_same_session()
    {
        var losing = new LosingStore(new MemoryStore(clock: Clock));
        await using var storage = new Storage(
            losing, new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
        var runs = 0;
        var handlers = new JobHandlers().Add(Kinds.Mail, (_, _, _) =>
        {
            _ = Interlocked.Increment(ref runs);
            return ValueTask.CompletedTask;
        });
        var own = new ManualClock();
        await using var worker = new JobWorker(storage, handlers, new JobsOptions { Clock = own });
        losing.Losses = 2;
        var jobs = new List<JobId>();
        for (var i = 0; i < 5; i++)
        {
            jobs.Add(await storage.Queue(Kinds.Mail).EnqueueAsync(new Sent($"{i}"), cancellationToken: Token));
        }

        await worker.StartAsync(Token);
        var session = worker.Status.Session;

        // The store's clock stands: no lease ends, and nothing but the worker can find them.
        await Eventually.HoldsAsync(
            async () => await CountAsync(storage, JobState.Succeeded) == jobs.Count,
            () => own.Advance(TimeSpan.FromMilliseconds(20)));

        Assert.Equal(0, losing.Losses);
        Assert.Equal(jobs.Count, Volatile.Read(ref runs));
        Assert.Equal(session, worker.Status.Session);
        foreach (var job in jobs)
        {
            Assert.Equal(1, (await storage.Jobs.FindJobAsync(job, Token))!.Fence);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_whose_clock_jumps_ahead_gives_each_job_again_and_settles_it_once(bool asRecords)
    {
        await using var store = new MemoryStore(clock: Clock);
        var jobs = JobStore.For(store, Clock, asRecords);
        var session = await OpenAsync(jobs);
        _ = await jobs.CommitAsync(new Commit(new EnqueueOperation(new NewJob { Kind = "work" })), Token);
        var first = Assert.Single((await ClaimAsync(jobs, session)).Jobs);

        Clock.SetUtcNow(Clock.GetUtcNow().AddDays(1));
        Assert.False((await jobs.HeartbeatAsync(session, new SessionUpdate(), Token)).IsAlive);
        Assert.False((await ClaimAsync(jobs, session)).IsSessionAlive);
        _ = await jobs.MaintainJobsAsync(new JobMaintenance(), Token);
        var other = await OpenAsync(jobs);
        var second = Assert.Single((await ClaimAsync(jobs, other)).Jobs);

        var late = await jobs.CommitAsync(new Commit(new SettleOperation(first.Lease, Settlement.Succeeded)), Token);
        Assert.Equal(ConflictKind.StaleLease, Assert.Single(late.Conflicts).Kind);
        Assert.True((await jobs.CommitAsync(
            new Commit(new SettleOperation(second.Lease, Settlement.Succeeded)), Token)).IsCommitted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_whose_clock_jumps_back_lets_leases_end_and_jobs_become_due_all_the_same(bool asRecords)
    {
        await using var store = new MemoryStore(clock: Clock);
        var jobs = JobStore.For(store, Clock, asRecords);
        var session = await OpenAsync(jobs);
        _ = await jobs.CommitAsync(new Commit(new EnqueueOperation(new NewJob { Kind = "work" })), Token);
        var first = Assert.Single((await ClaimAsync(jobs, session)).Jobs);
        _ = await jobs.CommitAsync(
            new Commit(new EnqueueOperation(new NewJob { Kind = "work", Delay = TimeSpan.FromSeconds(5) })), Token);

        // A day back. What was to last ten seconds lasts ten seconds of those that pass.
        Clock.SetUtcNow(Clock.GetUtcNow().AddDays(-1));
        Assert.True((await jobs.HeartbeatAsync(session, new SessionUpdate(), Token)).IsAlive);
        Clock.Advance(TimeSpan.FromSeconds(6));
        var due = Assert.Single((await ClaimAsync(jobs, session)).Jobs);
        Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.False((await jobs.HeartbeatAsync(session, new SessionUpdate(), Token)).IsAlive);

        _ = await jobs.MaintainJobsAsync(new JobMaintenance(), Token);
        var again = await ClaimAsync(jobs, await OpenAsync(jobs));
        Assert.Equal(
            new[] { first.Id, due.Id }.Order(), again.Jobs.Select(static job => job.Id).Order());
    }

    [Fact]
    public async Task A_worker_goes_on_when_its_stores_clock_has_jumped()
    {
        var own = new ManualClock();
        var runs = new List<long>();
        await using var worker = Worker(
            (_, context, _) =>
            {
                lock (runs)
                {
                    runs.Add(context.Lease.Fence);
                }

                return ValueTask.CompletedTask;
            },
            configure: options => options.Clock = own);
        await worker.StartAsync(Token);
        var session = worker.Status.Session;

        foreach (var days in new[] { 1, -2, 3 })
        {
            Clock.SetUtcNow(Clock.GetUtcNow().AddDays(days));
            var job = await Mails.EnqueueAsync(new Sent($"{days}"), cancellationToken: Token);
            await Eventually.HoldsAsync(
                async () => await StateAsync(job) == JobState.Succeeded,
                () => own.Advance(TimeSpan.FromMilliseconds(100)));
        }

        Assert.NotEqual(session, worker.Status.Session);
        lock (runs)
        {
            Assert.Equal([1, 1, 1], runs);
        }
    }

    private static async Task<SessionId> OpenAsync(JobStore jobs)
    {
        var session = SessionId.New();
        var status = await jobs.HeartbeatAsync(session, new SessionUpdate { Kind = SessionUpdateKind.Open }, Token);
        Assert.True(status.IsAlive);
        return session;
    }

    private static async Task<ClaimResult> ClaimAsync(JobStore jobs, SessionId session) => await jobs.ClaimAsync(
        session, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = ["work"], Max = 10 }, Token);

    private static async ValueTask<long> CountAsync(Storage storage, JobState state) =>
        (await storage.Jobs.ListQueuesAsync(Token)).Sum(queue => queue[state]);

    /// <summary>A store whose claims succeed, and whose answers get lost.</summary>
    [SuppressMessage("Usage", "CA2213", Justification = "The layer disposes of it.")]
    private sealed class LosingStore(MemoryStore inner) : DelegatingStore(inner), IJobStore
    {
        private readonly MemoryStore store = inner;

        public int Losses { get; set; }

        public long WorkMark => Jobs.WorkMark;

        private IJobStore Jobs => store.Feature<IJobStore>()!;

        public override TFeature? Feature<TFeature>()
            where TFeature : class => this as TFeature ?? base.Feature<TFeature>();

        public async ValueTask<ClaimResult> ClaimAsync(
            SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
        {
            var claim = await Jobs.ClaimAsync(session, request, cancellationToken);
            if (claim.Jobs.Count > 0 && Losses > 0)
            {
                Losses--;
                throw new StoreException(StoreErrorKind.Unavailable, "The answer was lost.") { IsTransient = true };
            }

            return claim;
        }

        public ValueTask<SessionStatus> HeartbeatAsync(
            SessionId session, SessionUpdate update, CancellationToken cancellationToken = default) =>
            Jobs.HeartbeatAsync(session, update, cancellationToken);

        public ValueTask<JobMaintenanceReport> MaintainJobsAsync(
            JobMaintenance request, CancellationToken cancellationToken = default) =>
            Jobs.MaintainJobsAsync(request, cancellationToken);

        public ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default) =>
            Jobs.FindJobAsync(job, cancellationToken);

        public ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default) =>
            Jobs.ListJobsAsync(filter, cancellationToken);

        public ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default) =>
            Jobs.ListQueuesAsync(cancellationToken);

        public ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default) =>
            Jobs.ListSessionsAsync(cancellationToken);

        public ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default) =>
            Jobs.FindBatchAsync(batch, cancellationToken);

        public ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default) =>
            Jobs.WaitForWorkAsync(mark, cancellationToken);
    }
}
