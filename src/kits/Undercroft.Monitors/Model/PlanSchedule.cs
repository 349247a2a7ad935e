namespace Undercroft.Monitors;

/// <summary>When a plan runs next.</summary>
internal static class PlanSchedule
{
    /// <summary>Says what is wrong with a plan's cron expression or time zone; null where nothing is.</summary>
    public static PlanProblem? Problem(MonitorPlan plan) =>
        new("cron", $"{Names.Show(plan.Cron ?? "")} cannot be read yet. Use 'frequency'.");
}
