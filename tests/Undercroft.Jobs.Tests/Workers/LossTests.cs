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
