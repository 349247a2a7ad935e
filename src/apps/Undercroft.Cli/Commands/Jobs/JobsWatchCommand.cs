using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs watch</c>: the queues as they are, again and again.</summary>
internal sealed class JobsWatchCommand : CliCommand
{
    private const int RunningMax = 20;

    private readonly Option<string?> every = new("--every")
    {
        Description = "How often to look, such as 500ms; every second without it.",
        HelpName = "time",
    };

    private readonly Option<int?> times = new("--times")
    {
        Description = "Stop after so many looks.",
        HelpName = "count",
    };

    public JobsWatchCommand(CliContext context)
        : base(context, "watch", "Show the queues and what runs, live, until Ctrl-C.")
    {
        Add(every);
        Add(times);
        times.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var pause = run.Get(every) is { } text ? Durations.Read(text, "--every") : TimeSpan.FromSeconds(1);
        if (pause < TimeSpan.FromMilliseconds(50) || pause > TimeSpan.FromDays(1))
        {
            throw new CliException(ExitCode.Usage, $"--every is {run.Get(every)}; expected 50ms to 1d.");
        }

        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var left = run.Get(times) ?? int.MaxValue;
        try
        {
            while (true)
            {
                await ShowAsync(run, storage, cancellationToken).ConfigureAwait(false);
                if (--left == 0)
                {
                    return ExitCode.Ok;
                }

                await Task.Delay(pause, run.Host.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends: no failure, nothing to explain.
            return ExitCode.Cancelled;
        }
    }

    private static async Task ShowAsync(CliRun run, Storage storage, CancellationToken cancellationToken)
    {
        var queues = await storage.Jobs.ListQueuesAsync(cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            foreach (var queue in queues)
            {
                run.Output.Json(QueueView.Of(queue), CliJson.Default.QueueView);
            }

            await run.Output.FlushAsync().ConfigureAwait(false);
            return;
        }

        var sessions = await storage.Jobs.ListSessionsAsync(cancellationToken).ConfigureAwait(false);
        var running = await storage.Jobs
            .ListJobsAsync(new JobFilter { State = JobState.Running, Limit = RunningMax }, cancellationToken)
            .ConfigureAwait(false);
        run.Output.Clear();
        run.Output.Line(
            $"{Amounts.Time(run.Host.Clock.GetUtcNow())}  {run.Choice.Uri}  "
            + $"{Amounts.Of(sessions.Count, "worker", "workers")}");
        run.Output.Table(QueueView.Table(queues));
        if (running.Jobs.Count > 0)
        {
            run.Output.Table(JobView.Table(running.Jobs));
        }

        await run.Output.FlushAsync().ConfigureAwait(false);
    }
}
