using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors delete</c>: deletes a plan.</summary>
internal sealed class MonitorsDeleteCommand : MonitorPlanCommand
{
    public MonitorsDeleteCommand(CliContext context)
        : base(context, "delete", "Delete a plan; its runs stay until they are pruned.", StoreUse.Change)
    {
    }

    protected override async Task RunAsync(
        CliRun run, MonitorService monitors, StoredPlan stored, CancellationToken cancellationToken)
    {
        var deleted = await monitors.Plans.DeleteAsync(stored.Plan.Id, stored.Revision, cancellationToken)
            .ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(new MonitorDeletedView(stored.Plan.Id, deleted), CliJson.Default.MonitorDeletedView);
        }
        else
        {
            run.Output.Line($"Deleted {Names.Show(stored.Plan.Name)}.");
        }
    }
}
