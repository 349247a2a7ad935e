using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Undercroft.Jobs;

namespace Undercroft.Monitors;

/// <summary>Carries out the runs of one location, in any number of processes: an agent.</summary>
public sealed class MonitorWorker : IAsyncDisposable
{
    private readonly MonitorService service;
    private readonly MonitorWorkerOptions options;
    private readonly JobWorker worker;
    private readonly CancellationTokenSource stopping = new();
    private readonly Action<Exception>? failed;
    private Task beating = Task.CompletedTask;
    private string? agentId;
    private bool isStopped;

    /// <summary>Makes a worker; it does nothing until it is started.</summary>
    /// <param name="service">The monitors.</param>
    /// <param name="executor">Runs the plans.</param>
    /// <param name="options">Settings; null means the defaults. Read once.</param>
    /// <param name="logger">Where the worker tells what it does; null means nowhere.</param>
    /// <param name="meters">Makes the meters; null means ones of its own.</param>
    /// <param name="failed">Told of heartbeats that failed, after which it goes on, whatever it throws; null means
    /// nobody is.</param>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public MonitorWorker(
        MonitorService service,
        MonitorExecutor executor,
        MonitorWorkerOptions? options = null,
        ILogger<JobWorker>? logger = null,
        IMeterFactory? meters = null,
        Action<Exception>? failed = null)
    {
        this.service = service ?? throw new ArgumentNullException(nameof(service));
        this.options = options ?? new MonitorWorkerOptions();
        this.options.Validate();
        this.failed = failed;
        var jobs = new JobsOptions { Name = this.options.Name, Clock = service.Clock, RunsSchedules = false };
        jobs.Queues[MonitorService.QueueOf(this.options.Location)] = new JobQueueOptions
        {
            Concurrency = this.options.Concurrency,
        };
        worker = new JobWorker(
            service.Storage,
            service.AddHandlers(new JobHandlers(), executor, this.options.Name),
            jobs,
            logger: logger,
            meters: meters);
    }

    /// <summary>How the worker is that runs the jobs of runs.</summary>
    public JobWorkerStatus Status => worker.Status;

    /// <summary>Makes the agent known and begins to claim runs.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask StartAsync(CancellationToken cancellationToken = default)
    {
        await RegisterAsync(cancellationToken).ConfigureAwait(false);
        await worker.StartAsync(cancellationToken).ConfigureAwait(false);
        beating = BeatAsync(stopping.Token);
    }

    /// <summary>Claims nothing more, lets what runs come to its end for a while, gives back the rest, and says goodbye.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait: what still runs is given up.</param>
    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        if (isStopped)
        {
            return;
        }

        isStopped = true;
        await worker.StopAsync(cancellationToken).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await beating.ConfigureAwait(false);
        if (agentId is not null)
        {
            try
            {
                _ = await service.Agents.RemoveAsync(agentId, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException error)
            {
                // It is forgotten for its silence.
                Listener.Tell(failed, error);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await worker.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private async ValueTask RegisterAsync(CancellationToken cancellationToken)
    {
        var agent = await service.Agents.RegisterAsync(
            options.Location,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = options.Name },
            cancellationToken).ConfigureAwait(false);
        agentId = agent.Id;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.HeartbeatInterval, service.Clock, cancellationToken).ConfigureAwait(false);
                try
                {
                    if (!await service.Agents.HeartbeatAsync(agentId!, cancellationToken).ConfigureAwait(false))
                    {
                        await RegisterAsync(cancellationToken).ConfigureAwait(false);
                    }
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Listener.Tell(failed, error);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
