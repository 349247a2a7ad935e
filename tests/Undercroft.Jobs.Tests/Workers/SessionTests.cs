using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Jobs.Tests;

/// <summary>Sessions that end while their worker lives: by the store's word, and by the worker's own clock.</summary>
public sealed class SessionTests : JobsFixture
{
    [Fact]
    public async Task A_worker_that_slept_longer_than_its_lease_gives_up_its_runs_and_begins_anew()
    {
        // The worker's clock stands as that of a stopped process; the store's goes on.
        var own = new ManualClock();
        var runs = new List<(int, JobCancelReason)>();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = Worker(
            async (_, context, cancellationToken) =>
            {
                if (context.Lease.Fence == 1)
                {
                    began.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                lock (runs)
                {
                    runs.Add(((int)context.Lease.Fence, context.CancelReason));
                }

                cancellationToken.ThrowIfCancellationRequested();
            },
            configure: options => options.Clock = own);
        var job = await Mails.EnqueueAsync(new Sent("a"), cancellationToken: Token);
        await worker.StartAsync(Token);
        await began.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
        var session = worker.Status.Session;

        // Whichever worker is faster does the job again: another one, or this one under a new session.
        Clock.Advance(TimeSpan.FromSeconds(11));
        await using var other = Worker((_, _, _) => ValueTask.CompletedTask);
        _ = await other.RunPendingAsync(cancellationToken: Token);
        await Eventually.HoldsAsync(
            async () => worker.Status.Session != session && await StateAsync(job) == JobState.Succeeded && HasEnded(),
            () => own.Advance(TimeSpan.FromMilliseconds(100)));

        Assert.Contains((1, JobCancelReason.LeaseLost), runs);
        Assert.True((await InfoAsync(job)).Fence > 1);

        bool HasEnded()
        {
            lock (runs)
            {
                return runs.Exists(static run => run.Item1 == 1);
            }
        }
    }

    [Fact]
    public async Task The_job_of_a_dead_worker_is_taken_over_when_its_lease_has_ended_and_that_is_within_15_seconds()
    {
        var job = await Mails.EnqueueAsync(new Sent("a"), cancellationToken: Token);
        var dead = SessionId.New();
        var open = new SessionUpdate { Kind = SessionUpdateKind.Open, Lease = JobLimits.DefaultLease };
        _ = await Storage.Jobs.HeartbeatAsync(dead, open, Token);
        var claim = await Storage.Jobs.ClaimAsync(
            dead, new ClaimRequest { Queues = [NewJob.DefaultQueue], Kinds = [Kinds.Mail.Kind], Max = 1 }, Token);
        await using var other = Worker((_, _, _) => ValueTask.CompletedTask);

        Clock.Advance(JobLimits.DefaultLease - TimeSpan.FromTicks(1));
        var before = await other.RunPendingAsync(cancellationToken: Token);
        Clock.Advance(TimeSpan.FromTicks(1));
        var after = await other.RunPendingAsync(cancellationToken: Token);

        Assert.Equal((job, 0, 1), (Assert.Single(claim.Jobs).Id, before, after));
        Assert.Equal(JobState.Succeeded, await StateAsync(job));

        // A worker that nobody wakes maintains, and looks, so often: that is all there is to wait for.
        var options = new JobsOptions();
        Assert.InRange(
            options.Lease + options.MaintenanceInterval + options.PollInterval,
            options.Lease,
            TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_worker_that_cannot_reach_the_store_gives_up_before_its_lease_ends()
    {
        var own = new ManualClock();
        var silent = new SilentStore(new MemoryStore(clock: Clock));
        await using var storage = new Storage(
            silent, new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
        var reason = new TaskCompletionSource<JobCancelReason>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handlers = new JobHandlers().Add(Kinds.Mail, async (_, context, cancellationToken) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            reason.SetResult(context.CancelReason);
        });
        await using var worker = new JobWorker(storage, handlers, new JobsOptions { Clock = own });
        _ = await storage.Queue(Kinds.Mail).EnqueueAsync(new Sent("a"), cancellationToken: Token);
        await worker.StartAsync(Token);
        await began.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);

        silent.IsSilent = true;
        await Eventually.HoldsAsync(
            () => reason.Task.IsCompleted, () => own.Advance(TimeSpan.FromMilliseconds(100)));

        Assert.Equal(JobCancelReason.LeaseLost, await reason.Task);
        silent.IsSilent = false;
    }

    [Fact]
    public async Task A_hung_loop_is_noticed()
    {
        var own = new ManualClock();
        var silent = new SilentStore(new MemoryStore(clock: Clock));
        await using var storage = new Storage(
            silent, new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
        var handlers = new JobHandlers().Add(Kinds.Mail, (_, _, _) => ValueTask.CompletedTask);
        await using var worker = new JobWorker(storage, handlers, new JobsOptions { Clock = own });
        await worker.StartAsync(Token);
        Assert.Empty(worker.Status.Faults);

        silent.Hang();
        await Eventually.HoldsAsync(
            () => IsHung(worker),
            () => own.Advance(TimeSpan.FromMilliseconds(500)));

        silent.Free();
        await Eventually.HoldsAsync(
            () => !IsHung(worker),
            () => own.Advance(TimeSpan.FromMilliseconds(500)));
    }

    private static bool IsHung(JobWorker worker) => worker.Status.Faults.Any(
        static fault => fault.StartsWith("The maintenance loop", StringComparison.Ordinal));

    /// <summary>A store whose jobs cannot be reached for a while.</summary>
    [SuppressMessage("Usage", "CA2213", Justification = "The layer disposes of it.")]
    [Fact]
    public async Task A_log_that_cannot_be_written_ends_no_loop()
    {
        var own = new ManualClock();
        var silent = new SilentStore(new MemoryStore(clock: Clock));
        await using var storage = new Storage(
            silent, new StorageOptions { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan });
        var handlers = new JobHandlers().Add(Kinds.Mail, (_, _, _) => ValueTask.CompletedTask);
        var log = new BrokenLog();
        await using var worker = new JobWorker(storage, handlers, new JobsOptions { Clock = own }, logger: log);
        await worker.StartAsync(Token);
        var session = worker.Status.Session;

        // Signs of life fail, then their session is lost, and no other can be opened: each is logged, or would be.
        silent.IsSilent = true;
        await Eventually.HoldsAsync(() => log.Lost >= 10, () => own.Advance(TimeSpan.FromMilliseconds(100)));
        silent.IsSilent = false;
        var job = await storage.Queue(Kinds.Mail).EnqueueAsync(new Sent("a"), cancellationToken: Token);
        await Eventually.HoldsAsync(
            async () => (await storage.Jobs.FindJobAsync(job, Token))?.State == JobState.Succeeded,
            () => own.Advance(TimeSpan.FromMilliseconds(100)));

        Assert.NotEqual(session, worker.Status.Session);
    }

    /// <summary>As a full disk has it.</summary>
    private sealed class BrokenLog : ILogger<JobWorker>
    {
        private int lost;

        public int Lost => Volatile.Read(ref lost);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new IOException("No space left on device");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            _ = Interlocked.Increment(ref lost);
            throw new IOException("No space left on device");
        }
    }

    private sealed class SilentStore(MemoryStore inner) : DelegatingStore(inner), IJobStore
    {
        private volatile TaskCompletionSource? hanging;

        public volatile bool IsSilent;

        public long WorkMark => Jobs.WorkMark;

        private IJobStore Jobs => Inner.Feature<IJobStore>()!;

        public void Hang() => hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Free()
        {
            var ended = hanging;
            hanging = null;
            ended!.SetResult();
        }

        public override TFeature? Feature<TFeature>()
            where TFeature : class => this as TFeature ?? base.Feature<TFeature>();

        public ValueTask<ClaimResult> ClaimAsync(
            SessionId session, ClaimRequest request, CancellationToken cancellationToken = default) =>
            Answer(Jobs.ClaimAsync(session, request, cancellationToken));

        public ValueTask<SessionStatus> HeartbeatAsync(
            SessionId session, SessionUpdate update, CancellationToken cancellationToken = default) =>
            IsSilent
                ? throw new StoreException(StoreErrorKind.Unavailable, "The store is silent.") { IsTransient = true }
                : Jobs.HeartbeatAsync(session, update, cancellationToken);

        [SuppressMessage("Reliability", "CA2016", Justification = "It hangs: that is what it is for.")]
        public async ValueTask<JobMaintenanceReport> MaintainJobsAsync(
            JobMaintenance request, CancellationToken cancellationToken = default)
        {
            if (hanging is { } hang)
            {
                await hang.Task;
            }

            return await Jobs.MaintainJobsAsync(request, cancellationToken);
        }

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

        private ValueTask<T> Answer<T>(ValueTask<T> answer) => IsSilent
            ? throw new StoreException(StoreErrorKind.Unavailable, "The store is silent.") { IsTransient = true }
            : answer;
    }
}
