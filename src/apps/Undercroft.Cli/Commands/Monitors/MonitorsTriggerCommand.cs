using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors trigger</c>: has the workers run a plan now.</summary>
internal sealed class MonitorsTriggerCommand : MonitorPlanCommand
{
    public MonitorsTriggerCommand(CliContext context)
        : base(context, "trigger", "Have the workers run a plan now, in all its locations.", StoreUse.Change)
    {
    }

    protected override async Task RunAsync(
        CliRun run, MonitorService monitors, StoredPlan stored, CancellationToken cancellationToken)
    {
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
    }
}
