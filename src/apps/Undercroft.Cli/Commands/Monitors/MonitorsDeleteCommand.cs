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
        Tell(run, stored.Plan.Id, stored.Plan.Name, deleted);
    }

    protected override async Task<bool> TryUnreadableAsync(
        CliRun run, MonitorService monitors, string id, CancellationToken cancellationToken)
    {
        var deleted = await monitors.Plans.DeleteAsync(id, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        Tell(run, id, id, deleted);
        return true;
    }

    private static void Tell(CliRun run, string id, string name, bool deleted)
    {
        if (run.IsJson)
        {
            run.Output.Json(new MonitorDeletedView(id, deleted), CliJson.Default.MonitorDeletedView);
        }
        else
        {
            run.Output.Line($"Deleted {Names.Show(name)}.");
        }
    }
}
