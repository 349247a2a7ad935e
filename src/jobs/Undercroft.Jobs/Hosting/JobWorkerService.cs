using Microsoft.Extensions.Hosting;

namespace Undercroft.Jobs;

/// <summary>Starts the worker with the host, once the storage is open, and stops it before anything else stops.
/// </summary>
internal sealed class JobWorkerService(JobWorkerSource source) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken) =>
        await source.StartAsync(cancellationToken).ConfigureAwait(false);

    public async Task StoppingAsync(CancellationToken cancellationToken) =>
        await source.StopAsync(cancellationToken).ConfigureAwait(false);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
