using Microsoft.Extensions.Hosting;

namespace Undercroft.Hosting;

/// <summary>Opens the storage before anything else of the host starts, and builds the indexes that are new.</summary>
internal sealed class StorageStarter(StorageOpener opener, IEnumerable<CollectionPreparation> collections)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var storage = await opener.OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach (var collection in collections)
        {
            await collection.Prepare(storage, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
