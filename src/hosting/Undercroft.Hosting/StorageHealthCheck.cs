using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Undercroft.Hosting;

/// <summary>Is healthy where the store is open and answers a read.</summary>
internal sealed class StorageHealthCheck(StorageOpener opener) : IHealthCheck
{
    private static readonly RecordKey Probe = new("$health", "probe");

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var storage = await opener.OpenAsync(cancellationToken).ConfigureAwait(false);
            _ = await storage.Store.ReadAsync(Probe, default, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy(data: new Dictionary<string, object>
            {
                ["backend"] = storage.Info.Backend,
                ["epoch"] = storage.Info.Epoch,
            });
        }
        catch (Exception error) when (error is StoreException or ObjectDisposedException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, error.Message, error);
        }
    }
}
