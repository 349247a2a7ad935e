using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Undercroft.Jobs;

/// <summary>Runs jobs: claims them, gives them to their handlers, settles them, and looks after the queue and the
/// schedules. Any number of workers may share a store.</summary>
/// <remarks>
/// A job runs at least once: where a worker dies, its jobs go to another when its lease ends. What a handler writes in
/// <see cref="JobContext.TransactionAsync"/> happens exactly once. In an application's host,
/// <c>services.AddUndercroftJobs()</c> makes and starts one. Safe for many threads.
/// </remarks>
public sealed class JobWorker : IAsyncDisposable
{
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource claiming = new();
    private readonly CancellationTokenSource ending = new();
    private readonly Lock gate = new();
    private readonly List<Task> loops = [];
    private readonly List<Task> heartbeats = [];
    private readonly JobExecutor executor;
    private readonly ClaimLoop claims;
    private readonly MaintenanceLoop maintenance;
    private WorkerSession? session;
    private Task settling = Task.CompletedTask;
    private int state;
    private volatile bool isDisposed;

    /// <summary>Makes a worker. It does nothing before it is started.</summary>
    /// <param name="storage">The storage whose jobs it runs; it stays the caller's.</param>
    /// <param name="handlers">What runs the jobs; frozen from now on.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <param name="services">Where handlers and their scopes come from; null means nowhere.</param>
    /// <param name="logger">Where it logs to; null means nowhere. What it throws is not heeded.</param>
    /// <param name="meters">Makes the meter; null means one of its own.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public JobWorker(
        Storage storage,
        JobHandlers handlers,
        JobsOptions? options = null,
        IServiceProvider? services = null,
        ILogger<JobWorker>? logger = null,
        IMeterFactory? meters = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(handlers);
        Options = options ?? new JobsOptions();
        Options.Validate();
        Storage = storage;
        Handlers = handlers.Freeze();
        Services = services;
        Logger = logger is null ? NullLogger.Instance : new SteadyLogger(logger);
        Clock = Options.Clock;
        Random = Options.Random ?? new Random();
        Link = new JobLink(storage, Clock);
        Meter = new JobMeter(meters);
        Pulse = new WorkerPulse(Clock);
        Settling = new SettleQueue(this);
        Schedules = new JobSchedules(storage);
        executor = new JobExecutor(this);
        claims = new ClaimLoop(this);
        maintenance = new MaintenanceLoop(this);
    }

    /// <summary>How the worker is.</summary>
    public JobWorkerStatus Status => new(
        Volatile.Read(ref state) == 1, Current?.Id ?? SessionId.None, Meter.RunningCount, Pulse.FindHung());

    /// <summary>The schedules of the store.</summary>
    public JobSchedules Schedules { get; }

    internal Storage Storage { get; }

    internal JobHandlers Handlers { get; }

    internal JobsOptions Options { get; }

    internal IServiceProvider? Services { get; }

    internal ILogger Logger { get; }

    internal TimeProvider Clock { get; }

    internal Random Random { get; }

    internal JobLink Link { get; }

    internal JobMeter Meter { get; }

    internal WorkerPulse Pulse { get; }

    internal SettleQueue Settling { get; }

    /// <summary>The time of the store, as far as it has been heard, for schedules must not be fired by a clock that is
    /// wrong here.</summary>
    internal DateTimeOffset StoreNow => claims.StoreNow ?? Clock.GetUtcNow();

    private WorkerSession? Current => Volatile.Read(ref session);

    /// <summary>Opens a session and begins to work.</summary>
    /// <param name="cancellationToken">Ends the wait; the worker has not started then.</param>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Interlocked.CompareExchange(ref state, 1, 0) != 0)
        {
            throw new InvalidOperationException("The worker was started before. Make another one.");
        }

        try
        {
            if (Options.RunsJobs && claims.Kinds.Count > 0)
            {
                if (Options.ReservesThreads)
                {
                    ThreadReserve.Raise(claims.ConcurrencyTotal);
                }

                var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
                Log.Started(
                    Logger, opened.Id, string.Join(", ", claims.Queues), string.Join(", ", claims.Kinds));
            }
        }
        catch
        {
            _ = Interlocked.Exchange(ref state, 0);
            throw;
        }

        lock (gate)
        {
            BeginLoops();
        }
    }

    /// <summary>Stops: claims nothing more, gives back what has not begun, lets running jobs end until
    /// <see cref="JobsOptions.DrainTimeout"/>, then cancels them, settles all and closes the session.</summary>
    /// <param name="cancellationToken">Cuts the wait for running jobs short; they are cancelled at once.</param>
    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref state, 2) != 1)
        {
            return;
        }

        await claiming.CancelAsync().ConfigureAwait(false);
        await WithinAsync(Task.WhenAll(loops), StopGrace).ConfigureAwait(false);
        await claims.ReleaseAheadAsync().ConfigureAwait(false);
        await DrainAsync(cancellationToken).ConfigureAwait(false);
        Settling.Complete();
        await WithinAsync(settling, StopGrace).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(heartbeats.Append(settling).Select(Quietly)).ConfigureAwait(false);
        if (Current is { IsLost: false } last)
        {
            await CloseAsync(last).ConfigureAwait(false);
            Log.Stopped(Logger, last.Id);
        }
    }

    /// <summary>Runs, one after the other, all jobs that are ready or due now, those that they enqueue too, and comes
    /// back when there are none. Schedules that are due are fired first. For tests and for tools that come and go.
    /// </summary>
    /// <param name="max">Comes back after so many; at least 1.</param>
    /// <param name="cancellationToken">Ends it after the job that runs, which is cancelled too.</param>
    /// <returns>How many runs there were.</returns>
    /// <exception cref="InvalidOperationException">The worker was started, or stopped.</exception>
    /// <exception cref="ObjectDisposedException">The worker was disposed of.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public async ValueTask<int> RunPendingAsync(int max = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Volatile.Read(ref state) is not 0 and var now)
        {
            throw new InvalidOperationException(
                now == 1 ? "The worker was started: it runs what is pending by itself."
                    : "The worker was stopped. Make another one.");
        }

        return await new PendingRunner(this, claims.Queues, claims.Kinds).RunAsync(max, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Stops the worker, where it was not stopped before. Where the storage has gone before it, the lease of
    /// its session ends by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        isDisposed = true;
        await StopAsync().ConfigureAwait(false);
        claiming.Dispose();
        ending.Dispose();
        Meter.Dispose();
    }

    /// <summary>Runs a job and hands over how it ended.</summary>
    internal async Task RunJobAsync(WorkerSession owner, LeasedJob job)
    {
        if (await ExecuteAsync(owner, job).ConfigureAwait(false) is { } settlement)
        {
            await Settling.AddAsync(job.Lease, settlement).ConfigureAwait(false);
        }
        else
        {
            owner.Let(job.Lease);
        }
    }

    /// <summary>Says that the store has heard how a run ended.</summary>
    internal void Let(JobLease lease)
    {
        if (Current is { } current && current.Id == lease.Session)
        {
            current.Let(lease);
        }
    }

    internal async ValueTask<Settlement?> ExecuteAsync(WorkerSession owner, LeasedJob job)
    {
        using var run = new JobRun(this, owner, job, Handlers.Find(job.Kind), Logger);
        owner.Add(run);
        try
        {
            return await executor.RunAsync(run).ConfigureAwait(false);
        }
        finally
        {
            owner.Remove(run);
        }
    }

    /// <summary>Does once what the maintenance loop and the schedule loop do.</summary>
    internal async ValueTask MaintainAsync(CancellationToken cancellationToken)
    {
        _ = await Schedules.FireDueAsync(this, cancellationToken).ConfigureAwait(false);
        await maintenance.OnceAsync(cancellationToken).ConfigureAwait(false);
    }

    internal WorkerSession? FindSession(SessionId id) =>
        Current is { IsLost: false } current && current.Id == id ? current : null;

    internal double NextDouble()
    {
#pragma warning disable CA5394 // It only spreads the load.
        return Random.NextDouble();
#pragma warning restore CA5394
    }

    private void BeginLoops()
    {
        settling = Settling.RunAsync(ending.Token);
        Pulse.Watch(WorkerLoop.Settle, TimeSpan.FromSeconds(10));
        if (Current is not null)
        {
            Pulse.Watch(WorkerLoop.Claim, Options.PollInterval);
            loops.Add(LoopAsync(WorkerLoop.Claim, ClaimAsync));
        }

        if (Options.RunsMaintenance)
        {
            Pulse.Watch(WorkerLoop.Maintenance, Options.MaintenanceInterval);
            loops.Add(LoopAsync(WorkerLoop.Maintenance, maintenance.TurnAsync));
        }

        if (Options.RunsSchedules)
        {
            Pulse.Watch(WorkerLoop.Schedule, Options.PollInterval);
            loops.Add(LoopAsync(WorkerLoop.Schedule, ct => Schedules.TurnAsync(this, ct)));
        }
    }

    /// <summary>Goes round until the worker stops claiming. A turn that fails is told, and the next one comes later.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "A loop that ends by an error would be a worker that hangs.")]
    private async Task LoopAsync(WorkerLoop loop, Func<CancellationToken, ValueTask> turn)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var failures = 0;
        while (!claiming.IsCancellationRequested)
        {
            Pulse.Turn(loop);
            try
            {
                await turn(claiming.Token).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception error)
            {
                if (claiming.IsCancellationRequested)
                {
                    break;
                }

                var delay = TimeSpan.FromTicks(Math.Min(
                    BackoffMax.Ticks, TimeSpan.FromMilliseconds(100).Ticks << Math.Min(failures++, 10)));
                Log.LoopFailed(Logger, error, WorkerPulse.NameOf(loop), delay);
                await Quietly(Task.Delay(delay, Clock, claiming.Token)).ConfigureAwait(false);
            }
        }

        Pulse.Forget(loop);
    }

    private async ValueTask ClaimAsync(CancellationToken cancellationToken)
    {
        var current = Current;
        if (current is null or { IsLost: true })
        {
            current = await OpenAsync(cancellationToken).ConfigureAwait(false);
        }

        await claims.TurnAsync(current, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<WorkerSession> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await WorkerSession.OpenAsync(this, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref session, opened);
        Pulse.Watch(WorkerLoop.Heartbeat, Options.Lease);
        lock (gate)
        {
            _ = heartbeats.RemoveAll(static task => task.IsCompleted);
            heartbeats.Add(RenewAsync(opened));
        }

        return opened;
    }

    // A session that nobody renews is over: the next claim opens another one.
    private async Task RenewAsync(WorkerSession opened)
    {
        try
        {
            await opened.RenewAsync(ending.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!ending.IsCancellationRequested)
        {
            Log.LoopFailed(Logger, error, WorkerPulse.NameOf(WorkerLoop.Heartbeat), TimeSpan.Zero);
            opened.Lose();
        }
    }

    /// <summary>Waits for what runs; what takes too long is cancelled, and given a little while to heed it.</summary>
    private async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        var idle = claims.WhenIdleAsync();
        using var limit = new CancellationTokenSource(Options.DrainTimeout, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await Quietly(idle.WaitAsync(either.Token)).ConfigureAwait(false);
        if (idle.IsCompleted)
        {
            return;
        }

        foreach (var run in Current?.Runs ?? [])
        {
            run.Cancel(JobCancelReason.Stopping);
        }

        await WithinAsync(idle, Options.AbandonAfter < StopGrace ? Options.AbandonAfter : StopGrace)
            .ConfigureAwait(false);
    }

    private async ValueTask CloseAsync(WorkerSession last)
    {
        try
        {
            using var limit = new CancellationTokenSource(StopGrace, Clock);
            await last.CloseAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error)
            when (error is StoreException or OperationCanceledException or ObjectDisposedException)
        {
            // Its lease ends by itself.
            var told = error is OperationCanceledException
                ? new TimeoutException(
                    $"The store was not told within {StopGrace:g} that the session ends; its lease ends by itself.",
                    error)
                : error;
            Log.LoopFailed(Logger, told, "heartbeat", Options.Lease);
        }
    }

    private async ValueTask WithinAsync(Task task, TimeSpan time) =>
        await Quietly(task.WaitAsync(time, Clock)).ConfigureAwait(false);

    private static async Task Quietly(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
