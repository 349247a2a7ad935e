using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs stats</c>: how many jobs are where.</summary>
internal sealed class JobsStatsCommand(CliContext context)
    : CliCommand(context, "stats", "Show how many jobs of each queue are in which state, and who works.")
{
    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var queues = await storage.Jobs.ListQueuesAsync(cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            foreach (var queue in queues)
            {
                run.Output.Json(QueueView.Of(queue), CliJson.Default.QueueView);
            }

            return ExitCode.Ok;
        }

        var sessions = await storage.Jobs.ListSessionsAsync(cancellationToken).ConfigureAwait(false);
        run.Output.Table(QueueView.Table(queues));
        run.Output.Note(
            $"{Amounts.Of(queues.Count, "queue", "queues")}, {Amounts.Of(sessions.Count, "worker", "workers")}"
            + $"{(sessions.Count == 0 ? "" : ": ")}"
            + $"{string.Join(", ", sessions.Select(static session => session.Name ?? session.Id.ToString()))}.");
        return ExitCode.Ok;
    }
}
