namespace Undercroft.Jobs.Tests;

/// <summary>Zones made by hand: tests must not depend on what a machine has installed.</summary>
internal static class Zones
{
    /// <summary>As in New York: -5, and -4 from the second Sunday of March to the first one of November.</summary>
    public static TimeZoneInfo Eastern { get; } = Make(
        "Test Eastern", TimeSpan.FromHours(-5), TimeSpan.FromHours(1), Floating(3, 2, 2), Floating(11, 1, 2));

    /// <summary>As on Lord Howe Island: +10:30, and +11 from October to April: the clock moves by half an
    /// hour.</summary>
    public static TimeZoneInfo LordHowe { get; } = Make(
        "Test Lord Howe", new TimeSpan(10, 30, 0), TimeSpan.FromMinutes(30), Floating(10, 1, 2), Floating(4, 1, 2));

    /// <summary>The clock moves at midnight, so a day begins at one.</summary>
    public static TimeZoneInfo Midnight { get; } = Make(
        "Test Midnight", TimeSpan.FromHours(2), TimeSpan.FromHours(1), Floating(3, 5, 0), Floating(10, 5, 0));

    private static TimeZoneInfo.TransitionTime Floating(int month, int week, int hour) =>
        TimeZoneInfo.TransitionTime.CreateFloatingDateRule(
            new DateTime(1, 1, 1, hour, 0, 0), month, week, DayOfWeek.Sunday);

    private static TimeZoneInfo Make(
        string id,
        TimeSpan offset,
        TimeSpan delta,
        TimeZoneInfo.TransitionTime start,
        TimeZoneInfo.TransitionTime end)
    {
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, delta, start, end);
        return TimeZoneInfo.CreateCustomTimeZone(id, offset, id, id, id, [rule]);
    }
}
