using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors list</c>: the plans there are.</summary>
internal sealed class MonitorsListCommand(CliContext context)
    : CliCommand(context, "list", "List the plans by environment and name.")
{
    private const int PageSize = 500;

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var unreadable = new UnreadablePlans(run);
        using var monitors = new MonitorService(
            storage, new MonitorServiceOptions { Clock = run.Host.Clock, Unreadable = unreadable.Add });
        var table = new TableView("Id", "Name", "Environment", "Schedule", "Locations");
        var count = 0;
        string? cursor = null;
        do
        {
            var page = await monitors.Plans.ListAsync(null, PageSize, cursor, cancellationToken).ConfigureAwait(false);
            foreach (var stored in page.Items)
            {
                var plan = stored.Plan;
                if (run.IsJson)
                {
                    run.Output.Json(
                        new PlanSummaryView(
                            plan.Id, plan.Name, plan.Environment, ScheduleOf(plan), plan.IsEnabled,
                            stored.Revision.Value),
                        CliJson.Default.PlanSummaryView);
                }

                table.Add(
                    plan.Id, plan.Name, plan.Environment, ScheduleOf(plan), string.Join(", ", plan.RunLocations));
                count++;
            }

            cursor = page.Next;
        }
        while (cursor is not null);

        if (!run.IsJson)
        {
            run.Output.Table(table);
            run.Output.Note($"{Amounts.Of(count, "plan", "plans")} in {run.Choice.Uri}.");
        }

        return unreadable.Show();
    }

    private static string ScheduleOf(MonitorPlan plan) => !plan.IsEnabled ? "off"
        : plan.Cron ?? (plan.Frequency is { } frequency
            ? "every " + Amounts.Of(
                frequency.Every,
                frequency.Unit.ToString().ToLowerInvariant(),
                frequency.Unit.ToString().ToLowerInvariant() + "s")
            : "when asked to");
}
