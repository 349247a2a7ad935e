using System.CommandLine;
using System.Globalization;
using System.Text;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors show</c>: a plan as JSON, and how it has done.</summary>
internal sealed class MonitorsShowCommand : CliCommand
{
    private readonly Argument<string> plan = MonitorsCommands.Plan();
    private readonly Option<string> environment = MonitorsCommands.Environment();

    public MonitorsShowCommand(CliContext context)
        : base(context, "show", "Show a plan as JSON, and how it has done.")
    {
        Add(plan);
        Add(environment);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = run.Host.Clock });
        var stored = await PlanFinder
            .FindAsync(monitors, run.Require(plan), run.Get(environment)!, cancellationToken).ConfigureAwait(false);
        run.Output.Block(Encoding.UTF8.GetString(PlanText.Write(stored.Plan)) + "\n");
        var statistics = await monitors.Runs
            .StatisticsAsync(stored.Plan.Id, cancellationToken: cancellationToken).ConfigureAwait(false);
        run.Output.Note(statistics.Runs == 0
            ? "It has not run yet."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Amounts.Of(statistics.Runs, "run", "runs")}, {statistics.SuccessRate:P1} passed; half took at most "
                + $"{statistics.P50Ms:0} ms, 95 % at most {statistics.P95Ms:0} ms."));
        return ExitCode.Ok;
    }
}
