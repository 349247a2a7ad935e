using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors show</c>: a plan as JSON, and how it has done.</summary>
internal sealed class MonitorsShowCommand : MonitorPlanCommand
{
    public MonitorsShowCommand(CliContext context)
        : base(context, "show", "Show a plan as JSON, and how it has done.", StoreUse.Read)
    {
    }

    protected override async Task RunAsync(
        CliRun run, MonitorService monitors, StoredPlan stored, CancellationToken cancellationToken)
    {
        var text = PlanText.Write(stored.Plan);
        if (run.IsJson)
        {
            using var plan = JsonDocument.Parse(text);
            run.Output.Json(plan.RootElement, CliJson.Default.JsonElement);
        }
        else
        {
            run.Output.Block(Encoding.UTF8.GetString(text) + "\n");
        }

        var statistics = await monitors.Runs
            .StatisticsAsync(stored.Plan.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
        run.Output.Note(statistics.Runs == 0
            ? "It has not run yet."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Amounts.Of(statistics.Runs, "run", "runs")}, {statistics.SuccessRate:P1} passed; half took at most "
                + $"{statistics.P50Ms:0} ms, 95 % at most {statistics.P95Ms:0} ms."));
    }
}
