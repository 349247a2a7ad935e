using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors import</c>: keeps plans from files.</summary>
internal sealed class MonitorsImportCommand : CliCommand
{
    private readonly Argument<string[]> files = new("plan.json")
    {
        Description = "The files of the plans; '-' for the standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    public MonitorsImportCommand(CliContext context)
        : base(context, "import", "Keep plans from files; one of the same id, or name and environment, is replaced.") =>
        Add(files);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var plans = new List<(string File, MonitorPlan Plan)>();
        foreach (var file in run.Get(files) ?? [])
        {
            plans.Add((file, await PlanFile.ReadAsync(run, file, cancellationToken).ConfigureAwait(false)));
        }

        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = run.Host.Clock });
        foreach (var (file, plan) in plans)
        {
            var found = plan.Id.Length > 0
                ? await monitors.Plans.FindAsync(plan.Id, cancellationToken).ConfigureAwait(false)
                : await monitors.Plans.FindByNameAsync(plan.Name, plan.Environment, cancellationToken)
                    .ConfigureAwait(false);
            var stored = found is null
                ? await monitors.Plans.CreateAsync(plan, cancellationToken).ConfigureAwait(false)
                : await monitors.Plans
                    .UpdateAsync(found.Plan.Id, plan with { Id = "" }, found.Revision, cancellationToken)
                    .ConfigureAwait(false);
            if (run.IsJson)
            {
                run.Output.Json(
                    new PlanImportedView(
                        file, stored.Plan.Id, stored.Plan.Name, stored.Revision.Value, found is null),
                    CliJson.Default.PlanImportedView);
            }
            else
            {
                run.Output.Line(
                    $"{(found is null ? "Kept" : "Replaced")} {Names.Show(stored.Plan.Name)} as {stored.Plan.Id}.");
            }
        }

        return ExitCode.Ok;
    }
}
