namespace Undercroft.Jobs;

/// <summary>One field of a cron expression: what it is called and which numbers it takes.</summary>
internal sealed record CronField(string Name, int First, int Last, bool MakesInterval, string[] Words)
{
    private static readonly string[] None = [];

    public static readonly CronField Second = new("second", 0, 59, true, None);

    public static readonly CronField Minute = new("minute", 0, 59, true, None);

    public static readonly CronField Hour = new("hour", 0, 23, true, None);

    public static readonly CronField DayOfMonth = new("day of month", 1, 31, false, None);

    public static readonly CronField Month = new("month", 1, 12, false,
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    // 7 is another name of Sunday; the bits only know 0 to 6.
    public static readonly CronField DayOfWeek = new("day of week", 0, 7, false,
        ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    /// <summary>How many values there are before they begin again.</summary>
    public int Cycle => this == DayOfWeek ? 7 : Last - First + 1;

    public bool IsDay => this == DayOfMonth || this == DayOfWeek;

    /// <summary>The bit of a value, which may lie behind the last one.</summary>
    public ulong Bit(int value) => 1UL << (First + ((value - First) % Cycle));
}
