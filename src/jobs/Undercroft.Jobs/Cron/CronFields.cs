using System.Numerics;

namespace Undercroft.Jobs;

/// <summary>What the fields of an expression allow: a bit for each value.</summary>
internal sealed record CronFields
{
    /// <summary>The last year that is looked at.</summary>
    public const int YearMax = 2499;

    public ulong Seconds { get; init; }

    public ulong Minutes { get; init; }

    public ulong Hours { get; init; }

    public ulong Days { get; init; }

    public ulong Months { get; init; }

    public ulong Weekdays { get; init; }

    /// <summary>How many days before the last of the month; null where the day is not counted from there.</summary>
    public int? LastDayBack { get; init; }

    public bool IsNearestWeekday { get; init; }

    public bool IsLastWeekday { get; init; }

    /// <summary>Which of the month's weekdays; 0 means any.</summary>
    public int NthWeekday { get; init; }

    /// <summary>Whether the times follow an interval rather than being fixed: the hours, minutes or seconds have a
    /// star, a range or a step.</summary>
    public bool IsInterval { get; init; }

    /// <summary>Finds the first local time that matches and is not before another one; null where there is none up to
    /// the year 2499.</summary>
    public DateTime? NextLocal(DateTime from)
    {
        var time = TimeOfDay(from.TimeOfDay);
        var day = time is null ? from.Date.AddDays(1) : from.Date;
        var first = time ?? TimeOfDay(TimeSpan.Zero)!.Value;
        var year = day.Year;
        var month = day.Month;
        while (year <= YearMax)
        {
            if (((Months >> month) & 1) != 0)
            {
                var days = DaysOf(year, month) >> day.Day << day.Day;
                if (days != 0)
                {
                    var found = new DateTime(year, month, BitOperations.TrailingZeroCount(days));
                    return found + (found == from.Date ? first : TimeOfDay(TimeSpan.Zero)!.Value);
                }
            }

            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
            day = new DateTime(2000, 1, 1);
        }

        return null;
    }

    /// <summary>The days of a month that match.</summary>
    private ulong DaysOf(int year, int month)
    {
        var last = DateTime.DaysInMonth(year, month);
        var days = LastDayBack is { } back
            ? last - back >= 1 ? 1UL << (last - back) : 0
            : Days & ((1UL << (last + 1)) - 1);
        if (IsNearestWeekday && days != 0)
        {
            days = 1UL << NearestWeekday(year, month, BitOperations.TrailingZeroCount(days), last);
        }

        for (var left = days; left != 0; left &= left - 1)
        {
            var day = BitOperations.TrailingZeroCount(left);
            if (!IsWeekday(new DateTime(year, month, day), last))
            {
                days &= ~(1UL << day);
            }
        }

        return days;
    }

    private bool IsWeekday(DateTime date, int last) =>
        ((Weekdays >> (int)date.DayOfWeek) & 1) != 0 &&
        (!IsLastWeekday || date.Day + 7 > last) &&
        (NthWeekday == 0 || ((date.Day - 1) / 7) + 1 == NthWeekday);

    private static int NearestWeekday(int year, int month, int day, int last) =>
        new DateTime(year, month, day).DayOfWeek switch
        {
            DayOfWeek.Saturday => day == 1 ? 3 : day - 1,
            DayOfWeek.Sunday => day == last ? day - 2 : day + 1,
            _ => day,
        };

    /// <summary>The first time of the day that matches and is not before another; null where there is none.</summary>
    private TimeSpan? TimeOfDay(TimeSpan from)
    {
        var hour = from.Hours;
        var minute = from.Minutes;
        var second = Next(Seconds, from.Seconds + (from.Ticks % TimeSpan.TicksPerSecond == 0 ? 0 : 1));
        if (second < 0)
        {
            minute++;
        }

        var nextMinute = ((Hours >> hour) & 1) != 0 ? Next(Minutes, minute) : -1;
        if (nextMinute >= 0)
        {
            return new TimeSpan(
                hour, nextMinute, nextMinute == from.Minutes && second >= 0 ? second : Next(Seconds, 0));
        }

        var nextHour = Next(Hours, hour + 1);
        return nextHour < 0 ? null : new TimeSpan(nextHour, Next(Minutes, 0), Next(Seconds, 0));
    }

    private static int Next(ulong bits, int from)
    {
        var left = from > 63 ? 0 : bits >> from << from;
        return left == 0 ? -1 : BitOperations.TrailingZeroCount(left);
    }
}
