using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Undercroft.Jobs;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Hosting;

/// <summary>Keeps the scheduler and the worker at work while the host runs.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "The worker ends, and is disposed of, when the host stops.")]
internal sealed class MonitorsHost(
    IServiceProvider services, IOptions<MonitorsOptions> options, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ILogger logger = loggers.CreateLogger("Undercroft.AspNetCore");
    private Task scheduling = Task.CompletedTask;
    private MonitorSchedulerLoop? scheduler;
    private MonitorWorker? worker;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>(worker?.Status.Faults ?? []);
        if (scheduler?.Fault is { } fault)
        {
            faults.Add(fault);
        }

        return faults;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var service = services.GetRequiredService<MonitorService>();
        await service.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (settings.RunsWorker)
        {
            worker = new MonitorWorker(
                service,
                services.GetRequiredService<MonitorExecutor>(),
                settings.Worker,
                loggers.CreateLogger<JobWorker>(),
                services.GetService<IMeterFactory>(),
                error => Log.HeartbeatFailed(logger, error));
            await worker.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        if (settings.RunsScheduler)
        {
            scheduler = new MonitorSchedulerLoop(
                service, settings.PollInterval, error => Log.SchedulerFailed(logger, error));
            scheduling = WatchAsync(scheduler.RunAsync(stopping.Token));
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await scheduling.ConfigureAwait(false);
        }
        finally
        {
            if (worker is not null)
            {
                await worker.StopAsync(cancellationToken).ConfigureAwait(false);
                await worker.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => stopping.Dispose();

    // A service that schedules nothing any more must not look as if it did.
    private async Task WatchAsync(Task loop)
    {
        try
        {
            await loop.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.SchedulerEnded(logger, error);
            services.GetService<IHostApplicationLifetime>()?.StopApplication();
            throw;
        }
    }
}
