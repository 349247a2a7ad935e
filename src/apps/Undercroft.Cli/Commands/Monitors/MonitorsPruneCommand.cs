using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors prune</c>: forgets old runs.</summary>
internal sealed class MonitorsPruneCommand : CliCommand
{
    private readonly Option<string> olderThan = new("--older-than")
    {
        Description = "How old a run is at least, such as 7d or 12h.",
        HelpName = "time",
        DefaultValueFactory = static _ => "30d",
    };

    public MonitorsPruneCommand(CliContext context)
        : base(context, "prune", "Forget runs that ended long ago.") => Add(olderThan);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var age = Durations.Read(run.Get(olderThan)!, "--older-than");
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = run.Host.Clock });
        var now = run.Host.Clock.GetUtcNow();
        var horizon = age < now - DateTimeOffset.MinValue ? now - age : DateTimeOffset.MinValue;
        var pruned = await monitors.Runs.PruneAsync(horizon, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(new RunsPrunedView(pruned), CliJson.Default.RunsPrunedView);
        }
        else
        {
            run.Output.Line($"Forgot {Amounts.Of(pruned, "run", "runs")}.");
        }

        return ExitCode.Ok;
    }
}
