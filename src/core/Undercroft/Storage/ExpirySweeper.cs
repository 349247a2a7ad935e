using System.Diagnostics.CodeAnalysis;

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

    [SuppressMessage("Design", "CA1031", Justification = "A store of a caller's own may throw anything; it is told.")]
    private async Task RunAsync(IStore store, StorageEvents events)
    {
        var request = new MaintenanceRequest { Kind = MaintenanceKind.Expire };
        while (await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                _ = await store.MaintainAsync(request, ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                events.Failed("sweep", error);
            }
        }
    }
}
