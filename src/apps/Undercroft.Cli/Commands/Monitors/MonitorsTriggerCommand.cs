using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors trigger</c>: has the workers run a plan now.</summary>
internal sealed class MonitorsTriggerCommand : CliCommand
{
    private readonly Argument<string> plan = MonitorsCommands.Plan();
    private readonly Option<string> environment = MonitorsCommands.Environment();

    public MonitorsTriggerCommand(CliContext context)
        : base(context, "trigger", "Have the workers run a plan now, in all its locations.")
    {
        Add(plan);
        Add(environment);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = run.Host.Clock });
        var stored = await PlanFinder
            .FindAsync(monitors, run.Require(plan), run.Get(environment)!, cancellationToken).ConfigureAwait(false);
        var made = await monitors.Runs
            .TriggerAsync(stored.Plan.Id, MonitorRunTrigger.Manual, cancellationToken).ConfigureAwait(false);
        foreach (var one in made)
        {
            if (run.IsJson)
            {
                run.Output.Json(one, CliJson.Default.MonitorRun);
            }
            else
            {
                run.Output.Line($"Run {one.Id} waits for a worker in {one.Location}.");
            }
        }

        return ExitCode.Ok;
    }
}
