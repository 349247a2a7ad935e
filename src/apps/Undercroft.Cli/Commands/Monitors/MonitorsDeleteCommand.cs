using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors delete</c>: deletes a plan.</summary>
internal sealed class MonitorsDeleteCommand : CliCommand
{
    private readonly Argument<string> plan = MonitorsCommands.Plan();
    private readonly Option<string> environment = MonitorsCommands.Environment();

    public MonitorsDeleteCommand(CliContext context)
        : base(context, "delete", "Delete a plan; its runs stay until they are pruned.")
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

        return ExitCode.Ok;
    }
}
