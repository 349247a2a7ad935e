using System.Diagnostics.Metrics;
using Undercroft.Jobs;

namespace Undercroft.Monitors;

/// <summary>Monitors on a storage: plans, runs, agents, keys and the scheduler. Safe for use by several callers at a
/// time.</summary>
public sealed class MonitorService : IDisposable
{
    private readonly Storage storage;
    private readonly MonitorServiceOptions options;

    /// <summary>Puts monitors on a storage.</summary>
    /// <param name="storage">Where all is kept; it stays the caller's.</param>
    /// <param name="options">Settings; null means the defaults. Read once.</param>
    /// <param name="meters">Makes the meter; null means one of the service's own.</param>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public MonitorService(Storage storage, MonitorServiceOptions? options = null, IMeterFactory? meters = null)
    {
        this.storage = storage ?? throw new ArgumentNullException(nameof(storage));
        this.options = options ?? new MonitorServiceOptions();
        this.options.Validate();
        Meter = new MonitorMeter(meters);
        Time = new MonitorTime(storage, this.options.Clock);
        Plans = new MonitorPlans(storage, this.options, Time);
        Runs = new MonitorRuns(storage, this.options, Time);
        Agents = new MonitorAgents(storage, this.options, Time);
        Keys = new MonitorApiKeys(storage, this.options);
        Scheduler = new MonitorScheduler(storage, this.options, Time, Runs, Agents);
    }

    /// <summary>The plans.</summary>
    public MonitorPlans Plans { get; }

    /// <summary>The runs.</summary>
    public MonitorRuns Runs { get; }

    /// <summary>The agents.</summary>
    public MonitorAgents Agents { get; }

    /// <summary>The keys of callers.</summary>
    public MonitorApiKeys Keys { get; }

    /// <summary>Makes the runs that are due; <see cref="MonitorSchedulerLoop"/> keeps it at work.</summary>
    public MonitorScheduler Scheduler { get; }

    internal MonitorMeter Meter { get; }

    internal MonitorTime Time { get; }

    internal TimeProvider Clock => options.Clock;

    internal Storage Storage => storage;

    /// <summary>Builds the indexes; the first use would do it too, while somebody waits.</summary>
    /// <param name="cancellationToken">Ends it; it goes on the next time.</param>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken = default)
    {
        await storage.PrepareAsync(MonitorCollections.Plans, cancellationToken).ConfigureAwait(false);
        await storage.PrepareAsync(MonitorCollections.Timetables, cancellationToken).ConfigureAwait(false);
        await storage.PrepareAsync(MonitorCollections.Runs, cancellationToken).ConfigureAwait(false);
        await storage.PrepareAsync(MonitorCollections.Agents, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The name of the queue of a location's runs.</summary>
    /// <exception cref="ArgumentException">It is no name of a location.</exception>
    public static string QueueOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return RunQueue.QueueOf(LocationName.Check(location, nameof(location)));
    }

    /// <summary>Says how the jobs of runs are carried out: a worker with these handlers, on the queues of
    /// <see cref="QueueOf"/>, is an agent.</summary>
    /// <param name="handlers">The handlers of the worker.</param>
    /// <param name="executor">Runs the plans.</param>
    /// <param name="worker">What to call the worker in its runs.</param>
    public JobHandlers AddHandlers(JobHandlers handlers, MonitorExecutor executor, string worker)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentException.ThrowIfNullOrWhiteSpace(worker);
        var runner = new MonitorRunner(executor, options, Meter, worker);
        return handlers.Add(RunQueue.Definition, runner.HandleAsync);
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();
}
