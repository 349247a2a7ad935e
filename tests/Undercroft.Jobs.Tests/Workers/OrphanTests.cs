using System.Diagnostics.CodeAnalysis;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>Runs that only the store knows of, and ends that the store does not want to hear.</summary>
public sealed class OrphanTests : JobsFixture
{
    [Fact]
    public async Task Jobs_that_a_claim_has_taken_without_a_word_are_found_within_a_few_minutes()
    {
        var rough = new RoughStore(new MemoryStore(clock: Clock)) { Hidden = 1 };
        await using var storage = Over(rough);
        var runs = 0;
        var own = new ManualClock();
        await using var worker = new JobWorker(
            storage,
            new JobHandlers().Add(Kinds.Mail, (_, _, _) =>
            {
                _ = Interlocked.Increment(ref runs);
                return ValueTask.CompletedTask;
            }),
            new JobsOptions { Clock = own, Lease = TimeSpan.FromHours(1) });
        for (var i = 0; i < 5; i++)
        {
            _ = await storage.Queue(Kinds.Mail).EnqueueAsync(new Sent($"{i}"), cancellationToken: Token);
        }

        await worker.StartAsync(Token);
        var session = worker.Status.Session;
        await Eventually.HoldsAsync(
            async () => await CountAsync(storage, JobState.Succeeded) == 5,
            () => own.Advance(TimeSpan.FromMilliseconds(200)));

        Assert.Equal((0, 5), (rough.Hidden, Volatile.Read(ref runs)));
        Assert.Equal(session, worker.Status.Session);
    }

    [Fact]
    public async Task Settlements_that_are_refused_for_long_are_kept_while_the_session_lasts()
    {
        var rough = new RoughStore(new MemoryStore(clock: Clock)) { IsRefusing = true };
        await using var storage = Over(rough);
        var runs = 0;
        var own = new ManualClock();
        await using var worker = new JobWorker(
            storage,
            new JobHandlers().Add(Kinds.Mail, (_, _, _) =>
            {
                _ = Interlocked.Increment(ref runs);
                return ValueTask.CompletedTask;
            }),
            new JobsOptions { Clock = own, Lease = TimeSpan.FromHours(1) });
        for (var i = 0; i < 3; i++)
        {
            _ = await storage.Queue(Kinds.Mail).EnqueueAsync(new Sent($"{i}"), cancellationToken: Token);
        }

        await worker.StartAsync(Token);

        // Far more often than the first tries are.
        await Eventually.HoldsAsync(
            () => rough.Refused > 60, () => own.Advance(TimeSpan.FromMilliseconds(500)));
        Assert.Equal(0, await CountAsync(storage, JobState.Succeeded));
        rough.IsRefusing = false;
        await Eventually.HoldsAsync(
            async () => await CountAsync(storage, JobState.Succeeded) == 3,
            () => own.Advance(TimeSpan.FromMilliseconds(500)));
        Assert.Equal(3, Volatile.Read(ref runs));
    }

    [Fact]
    public async Task A_step_too_many_says_what_there_is_room_for()
    {
        Exception? error = null;
        await using var worker = Worker(async (_, context, _) =>
        {
            try
            {
                for (var i = 0; i <= JobLimits.StepsMax; i++)
                {
                    _ = await context.StepAsync($"{i}", TestJson.Default.Int32, _ => ValueTask.FromResult(i));
                }
            }
            catch (StoreException refused)
            {
                error = refused;
            }
        });
        var job = await Mails.EnqueueAsync(new Sent("Ann"), cancellationToken: Token);
        Assert.Equal(1, await worker.RunPendingAsync(cancellationToken: Token));

        Assert.Contains(
            $"Cannot keep step 1000 of job {job}, of 4 bytes: a job has at most 1000 steps", error?.Message,
            StringComparison.Ordinal);
        Assert.Equal(JobState.Succeeded, await StateAsync(job));
    }

    private Storage Over(IStore store) =>
        new(store, new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });

    private static async ValueTask<long> CountAsync(Storage storage, JobState state) =>
        (await storage.Jobs.ListQueuesAsync(Token)).Sum(queue => queue[state]);

    /// <summary>A store whose claims take what they do not tell of, and that refuses what it is told.</summary>
    [SuppressMessage("Usage", "CA2213", Justification = "The layer disposes of it.")]
    private sealed class RoughStore(MemoryStore inner) : DelegatingStore(inner), IJobStore
    {
        private readonly MemoryStore store = inner;
        private int refused;

        /// <summary>How many claims are done twice, of which only the second is told of.</summary>
        public int Hidden { get; set; }

        public bool IsRefusing { get; set; }

        public int Refused => Volatile.Read(ref refused);

        public long WorkMark => Jobs.WorkMark;

        private IJobStore Jobs => store.Feature<IJobStore>()!;

        public override TFeature? Feature<TFeature>()
            where TFeature : class => this as TFeature ?? base.Feature<TFeature>();

        public override ValueTask<CommitResult> CommitAsync(
            Commit commit, CancellationToken cancellationToken = default)
        {
            if (IsRefusing && commit.Operations.Any(static one => one is SettleOperation))
            {
                _ = Interlocked.Increment(ref refused);
                throw new StoreException(StoreErrorKind.Unavailable, "There is no room on the disk.");
            }

            return base.CommitAsync(commit, cancellationToken);
        }

        public async ValueTask<ClaimResult> ClaimAsync(
            SessionId session, ClaimRequest request, CancellationToken cancellationToken = default)
        {
            if (Hidden > 0 &&
                (await Jobs.ClaimAsync(session, request with { Max = 2 }, cancellationToken)).Jobs.Count > 0)
            {
                Hidden--;
            }

            return await Jobs.ClaimAsync(session, request, cancellationToken);
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
