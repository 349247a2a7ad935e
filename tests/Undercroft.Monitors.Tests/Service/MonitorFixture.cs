using System.Diagnostics.CodeAnalysis;
using Undercroft.Jobs;
using Undercroft.Testing;

namespace Undercroft.Monitors.Tests.Service;

/// <summary>Monitors on a store in memory, whose clock and theirs is moved by hand.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "The storage disposes of it.")]
public abstract class MonitorFixture : IAsyncDisposable
{
    private readonly MemoryStore store;

    protected MonitorFixture()
    {
        store = new MemoryStore(clock: Clock);
        Storage = new Storage(store, Kept);
        Monitors = new MonitorService(Storage, Options);
    }

    internal ManualClock Clock { get; } = new(new DateTimeOffset(2021, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal Storage Storage { get; }

    internal MonitorService Monitors { get; }

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    private StorageOptions Kept => new() { Clock = Clock, SweepInterval = Timeout.InfiniteTimeSpan };

    private MonitorServiceOptions Options => new() { Clock = Clock };

    /// <summary>A plan that needs no network.</summary>
    internal static MonitorPlan Plan(string name = "plan", string schedule = "") => PlanText.Read(
        $$"""{"name": "{{name}}", {{schedule}} "nodes": [{"id": "w", "type": "WAIT", "duration_ms": 0}]}""");

    /// <summary>Other monitors on the same store, as another process has them.</summary>
    /// <param name="clock">Its clock; null means the same.</param>
    internal MonitorService Another(TimeProvider? clock = null) => new(
        new Storage(store, Kept), new MonitorServiceOptions { Clock = clock ?? Clock });

    /// <summary>Carries out all runs of a location that wait.</summary>
    internal async Task<int> WorkAsync(string location = MonitorPlan.DefaultLocation)
    {
        var options = new JobsOptions();
        options.Queues[MonitorService.QueueOf(location)] = new JobQueueOptions();
        await using var worker = new JobWorker(
            Storage, Monitors.AddHandlers(new JobHandlers(), new MonitorExecutor(), "tester"), options);
        return await worker.RunPendingAsync(cancellationToken: Token);
    }

    public async ValueTask DisposeAsync()
    {
        Monitors.Dispose();
        await Storage.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
