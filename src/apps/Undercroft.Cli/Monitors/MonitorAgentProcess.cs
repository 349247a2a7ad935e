using Microsoft.Extensions.Logging;
using Undercroft.Cli.Commands;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Jobs;
using Undercroft.Monitors;

namespace Undercroft.Cli.Monitors;

/// <summary>A process that carries out runs.</summary>
internal static class MonitorAgentProcess
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    public static async Task<ExitCode> RunAsync(
        CliRun run,
        string? name,
        string location,
        int concurrency,
        ExecutionOptions execution,
        CancellationToken cancellationToken)
    {
        var options = new MonitorWorkerOptions
        {
            Name = name ?? ServiceStore.ProcessName(),
            Location = location,
            Concurrency = concurrency,
        };
        options.Validate();
        if (run.Choice.Uri.Scheme == "memory")
        {
            throw new CliException(
                ExitCode.Usage,
                "An agent carries out what others want, and a store in memory is of one process. Name one that they "
                + $"reach, as in --store sqlite:app.db; '{CliApp.Name} serve' carries runs out by itself.");
        }

        var executing = new MonitorExecutorOptions();
        execution.Apply(run, executing);
        var clock = run.Host.Clock;
        var store = await ServiceStore.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        var storage = new Storage(store, new StorageOptions { Clock = clock });
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = clock });
        await monitors.PrepareAsync(cancellationToken).ConfigureAwait(false);
        using var loggers = new LoggerFactory([new NoteLoggerProvider(run.Output)]);
        var worker = new MonitorWorker(
            monitors,
            new MonitorExecutor(executing, clock),
            options,
            loggers.CreateLogger<JobWorker>(),
            failed: error => run.Output.Note($"The heartbeat failed and goes on: {error.Message}"));
        await using var ownedWorker = worker.ConfigureAwait(false);
        await worker.StartAsync(cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new AgentView(options.Name, location, run.Choice.Uri.ToString()), CliJson.Default.AgentView);
        }
        else
        {
            run.Output.Line(
                $"The agent {options.Name} carries out the runs of {location} in {run.Choice.Uri}. Ctrl-C ends it.");
        }

        run.Output.Flush();
        await ServiceStore.WaitForEndAsync(cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(StopMax, clock);
        await worker.StopAsync(limit.Token).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
