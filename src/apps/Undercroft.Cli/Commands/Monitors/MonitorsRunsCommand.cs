using System.CommandLine;
using System.Globalization;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary><c>monitors runs</c>: the latest runs.</summary>
internal sealed class MonitorsRunsCommand : CliCommand
{
    private readonly Argument<string?> plan = new("plan")
    {
        Description = "Only the runs of this plan: its id, or its name; the id of one that was deleted too.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> environment = MonitorsCommands.Environment();

    private readonly Option<int> limit = new("--limit")
    {
        Description = "The most runs to bring, up to 1000.",
        HelpName = "count",
        DefaultValueFactory = static _ => 20,
    };

    public MonitorsRunsCommand(CliContext context)
        : base(context, "runs", "List the latest runs, latest first.")
    {
        Add(plan);
        Add(environment);
        Add(limit);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        if (run.Get(plan) is null && run.Has(environment))
        {
            throw new CliException(
                ExitCode.Usage,
                "--environment says where a plan is looked for by its name, and there is no name. Name a plan, or "
                + "leave the option out.");
        }

        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = run.Host.Clock });
        var filter = MonitorRunFilter.All;
        if (run.Get(plan) is { } name)
        {
            filter = filter with
            {
                PlanId = await IdOfAsync(monitors, name, run.Get(environment)!, cancellationToken)
                    .ConfigureAwait(false),
            };
        }

        var page = await monitors.Runs.ListAsync(filter, run.Get(limit), null, cancellationToken)
            .ConfigureAwait(false);
        var table = new TableView("Made", "Plan", "Location", "Status", ">ms", "What failed");
        foreach (var one in page.Items)
        {
            if (run.IsJson)
            {
                run.Output.Json(one, CliJson.Default.MonitorRun);
            }

            table.Add(
                Amounts.Time(one.CreatedAt),
                one.PlanName,
                one.Location,
                one.Success switch
                {
                    true => "passed",
                    false => "FAILED",
                    null => one.Status.ToString().ToLowerInvariant(),
                },
                one.DurationMs?.ToString("0", CultureInfo.InvariantCulture) ?? "",
                string.Join(' ', one.Errors));
        }

        if (!run.IsJson)
        {
            run.Output.Table(table);
            run.Output.Note($"{Amounts.Of(page.Items.Count, "run", "runs")}{(page.Next is null ? "" : ", and more")}.");
        }

        return ExitCode.Ok;
    }

    // The runs of a plan that was deleted stay until they are pruned, and are found by its id.
    private static async Task<string> IdOfAsync(
        MonitorService monitors, string name, string environment, CancellationToken cancellationToken)
    {
        try
        {
            return (await PlanFinder.FindAsync(monitors, name, environment, cancellationToken).ConfigureAwait(false))
                .Plan.Id;
        }
        catch (CliException error) when (error.Code == ExitCode.NotFound)
        {
            var left = await monitors.Runs
                .ListAsync(MonitorRunFilter.All with { PlanId = name }, 1, null, cancellationToken)
                .ConfigureAwait(false);
            if (left.Items.Count == 0)
            {
                throw;
            }

            return name;
        }
    }
}
