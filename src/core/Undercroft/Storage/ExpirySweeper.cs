namespace Undercroft;

/// <summary>Turns expired records into tombstones, from time to time.</summary>
internal sealed class ExpirySweeper : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private readonly PeriodicTimer timer;
    private readonly Task loop;

    public ExpirySweeper(IStore store, StorageOptions options, StorageEvents events)
    {
        timer = new PeriodicTimer(options.SweepInterval, options.Clock);
        loop = RunAsync(store, events);
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        timer.Dispose();
        await loop.ConfigureAwait(false);
        ending.Dispose();
    }

    private async Task RunAsync(IStore store, StorageEvents events)
    {
        var request = new MaintenanceRequest { Kind = MaintenanceKind.Expire };
        while (await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                _ = await store.MaintainAsync(request, ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StoreException error)
            {
                events.Failed("sweep", error);
            }
        }
    }
}
