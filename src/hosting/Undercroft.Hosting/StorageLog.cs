using Microsoft.Extensions.Logging;

namespace Undercroft.Hosting;

/// <summary>Writes to the log what nobody else would hear of: slow queries, and failures nobody waits for. Errors that
/// reach a caller are the caller's to log.</summary>
internal sealed class StorageLog : IDisposable
{
    private readonly IDisposable slowQueries;
    private readonly IDisposable failures;
    private readonly ILogger logger;

    public StorageLog(Storage storage, ILogger logger)
    {
        this.logger = logger;
        Log.Opened(logger, storage.Info.Backend, storage.Info.Location ?? "memory", storage.Info.DefaultDurability);
        slowQueries = storage.Events.OnSlowQuery(
            slow => Log.SlowQuery(logger, slow.Collection, slow.Duration.TotalMilliseconds, slow.Plan));
        failures = storage.Events.OnFailed(failed => Log.Failed(logger, failed.Error, failed.Doing));
    }

    public void Dispose()
    {
        slowQueries.Dispose();
        failures.Dispose();
        Log.Closed(logger);
    }
}
