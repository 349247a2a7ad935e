using Undercroft.Cli.Invocation;
using Undercroft.Monitors;

namespace Undercroft.Cli.Monitors;

/// <summary>Finds plans by what people call them.</summary>
internal static class PlanFinder
{
    public static async Task<StoredPlan> FindAsync(
        MonitorService monitors, string plan, string environment, CancellationToken cancellationToken)
    {
        if (plan.Length == 0)
        {
            throw new CliException(ExitCode.Usage, "The name of the plan is empty; expected its id or its name.");
        }

        return await monitors.Plans.FindAsync(plan, cancellationToken).ConfigureAwait(false)
            ?? await monitors.Plans.FindByNameAsync(plan, environment, cancellationToken).ConfigureAwait(false)
            ?? throw new CliException(
                ExitCode.NotFound,
                $"There is no plan {Names.Show(plan)} in the environment {Names.Show(environment)}. See "
                + $"'{CliApp.Name} monitors list'.");
    }
}
