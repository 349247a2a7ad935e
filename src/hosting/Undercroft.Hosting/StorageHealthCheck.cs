using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Undercroft.Hosting;

/// <summary>Is healthy where the store is open and says where its feed ends.</summary>
internal sealed class StorageHealthCheck(StorageOpener opener) : IHealthCheck
{
    // Where its feed ends is what only the store knows; that a key is not there would be true of no store at all.
    private static readonly ChangesRequest Probe = new() { After = FeedCursor.End };

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var storage = await opener.OpenAsync(cancellationToken).ConfigureAwait(false);
            _ = await storage.Store.ChangesAsync(Probe, cancellationToken).ConfigureAwait(false);
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
