using System.Globalization;
using Undercroft.Jobs;

namespace Undercroft.Monitors;

/// <summary>When a plan runs next.</summary>
internal static class PlanSchedule
{
    /// <summary>Says what is wrong with a plan's cron expression or time zone; null where nothing is.</summary>
    public static PlanProblem? Problem(MonitorPlan plan)
    {
        try
        {
            var expression = CronExpression.Parse(plan.Cron!);
            return ZoneOf(plan) is null
                ? new PlanProblem(
                    "timeZone", $"{Names.Show(plan.TimeZone ?? "")} is no time zone; expected an IANA name, such as "
                    + "Europe/Berlin.")
                : expression.NextAfter(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null
                    ? new PlanProblem("cron", $"{Names.Show(plan.Cron!)} is never due. Correct the day or the month.")
                    : null;
        }
        catch (ArgumentException error)
        {
            // .NET appends the parameter's name, which means nothing to who wrote a plan.
            var at = error.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
            return new PlanProblem("cron", at < 0 ? error.Message : error.Message[..at]);
        }
    }

    /// <summary>What says when a plan is due, as one text.</summary>
    public static string RuleOf(MonitorPlan plan) => !plan.IsScheduled ? "off"
        : plan.Cron is { } cron ? $"cron {cron} {plan.TimeZone}"
        : string.Create(CultureInfo.InvariantCulture, $"every {plan.Frequency!.Interval.Ticks}");

    /// <summary>When a plan is due for the first time: at once, or when its cron expression says so; null where it is
    /// not scheduled.</summary>
    public static DateTimeOffset? First(MonitorPlan plan, DateTimeOffset now) => !plan.IsScheduled ? null
        : plan.Cron is null ? now
        : Cron(plan, now);

    /// <summary>When a plan is due after it was due. What was missed in between is left out: one run stands for all.
    /// </summary>
    public static DateTimeOffset? Next(MonitorPlan plan, DateTimeOffset dueAt, DateTimeOffset now)
    {
        if (!plan.IsScheduled)
        {
            return null;
        }

        var from = dueAt > now ? dueAt : now;
        if (plan.Cron is not null)
        {
            return Cron(plan, from);
        }

        // The rhythm stays that of the first run.
        var interval = plan.Frequency!.Interval;
        return dueAt + (((from - dueAt).Ticks / interval.Ticks) + 1) * interval;
    }

    /// <summary>Refuses a next time that is none: with it a plan would run without end.</summary>
    /// <exception cref="InvalidOperationException">It is not later than what it follows.</exception>
    public static DateTimeOffset? Later(DateTimeOffset? next, DateTimeOffset after, MonitorPlan plan) =>
        next is null || next > after
            ? next
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"A plan was told {next:O} as its time after {after:O}, which is not later. Report it with the cron "
                + $"expression {Names.Show(plan.Cron ?? "")} and the time zone {Names.Show(plan.TimeZone ?? "UTC")}."));

    private static DateTimeOffset? Cron(MonitorPlan plan, DateTimeOffset after) => Later(
        CronExpression.Parse(plan.Cron!).NextAfter(after, ZoneOf(plan) ?? TimeZoneInfo.Utc)?.ToUniversalTime(),
        after,
        plan);

    private static TimeZoneInfo? ZoneOf(MonitorPlan plan) => plan.TimeZone is null ? TimeZoneInfo.Utc
        : TimeZoneInfo.TryFindSystemTimeZoneById(plan.TimeZone, out var zone) ? zone : null;
}
