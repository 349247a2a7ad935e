using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Tests.Storage;

public sealed class ExpirySweeperTests
{
    [Fact]
    public async Task A_sweep_that_fails_in_any_way_is_told_and_the_next_one_comes()
    {
        var clock = new ManualClock();
        var store = new FaultyStore(new MemoryStore(clock: clock));
        var storage = new Undercroft.Storage(
            store, new StorageOptions { Clock = clock, SweepInterval = TimeSpan.FromMinutes(1) });
        var told = new List<Exception>();
        using var failures = storage.Events.OnFailed(failed => told.Add(failed.Error));

        clock.Advance(TimeSpan.FromMinutes(1));
        await store.Swept(1);
        clock.Advance(TimeSpan.FromMinutes(1));
        await store.Swept(2);
        await storage.DisposeAsync();

        Assert.Equal(2, told.Count);
        Assert.All(told, static error => Assert.IsType<TimeoutException>(error));
        Assert.True(store.IsDisposed);
    }

    /// <summary>A store of somebody else's that fails in a way of its own.</summary>
    private sealed class FaultyStore(IStore inner) : DelegatingStore(inner)
    {
        private readonly SemaphoreSlim sweeps = new(0);
        private int waited;

        public bool IsDisposed { get; private set; }

        public async Task Swept(int times)
        {
            for (; waited < times; waited++)
            {
                await sweeps.WaitAsync(TestContext.Current.CancellationToken);
            }
        }

        public override ValueTask<MaintenanceReport> MaintainAsync(
            MaintenanceRequest request, CancellationToken cancellationToken = default)
        {
            _ = sweeps.Release();
            throw new TimeoutException();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            IsDisposed = true;
            sweeps.Dispose();
        }
    }
}
