using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Stores;
using Undercroft.Monitors;

namespace Undercroft.Cli.Commands;

/// <summary>What commands about one stored plan have in common: they open the store and find it.</summary>
internal abstract class MonitorPlanCommand : CliCommand
{
    private readonly Argument<string> plan = MonitorsCommands.Plan();
    private readonly Option<string> environment = MonitorsCommands.Environment();
    private readonly StoreUse use;

    protected MonitorPlanCommand(CliContext context, string name, string description, StoreUse use)
        : base(context, name, description)
    {
        this.use = use;
        Add(plan);
        Add(environment);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(use, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        using var monitors = new MonitorService(storage, new MonitorServiceOptions { Clock = run.Host.Clock });
        StoredPlan stored;
        try
        {
            stored = await PlanFinder
                .FindAsync(monitors, run.Require(plan), run.Get(environment)!, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (StoreException error) when (error.Kind == StoreErrorKind.Malformed)
        {
            // Only what is found by its id is told by its id.
            if (!await TryUnreadableAsync(run, monitors, run.Require(plan), cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            return ExitCode.Ok;
        }

        await RunAsync(run, monitors, stored, cancellationToken).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>Does what the command is for with a plan that cannot be read, where it need not be.</summary>
    /// <returns>Whether it did.</returns>
    protected virtual Task<bool> TryUnreadableAsync(
        CliRun run, MonitorService monitors, string id, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Does what the command is for.</summary>
    protected abstract Task RunAsync(
        CliRun run, MonitorService monitors, StoredPlan stored, CancellationToken cancellationToken);
}
