namespace Undercroft.Jobs;

/// <summary>A stretch of wall-clock time that happens twice, because the clock is set back.</summary>
/// <param name="EarlyOffset">The offset of the first pass.</param>
/// <param name="LateOffset">The offset of the second pass.</param>
/// <param name="LateStart">The local time at which the second pass begins; the first time that is ambiguous.</param>
/// <param name="EarlyEnd">The local time at which the first pass ends, and the ambiguity.</param>
internal readonly record struct ZoneOverlap(
    TimeSpan EarlyOffset, TimeSpan LateOffset, DateTime LateStart, DateTime EarlyEnd)
{
    /// <summary>Finds the overlap around an ambiguous local time.</summary>
    public static ZoneOverlap At(TimeZoneInfo zone, DateTime local)
    {
        var offsets = zone.GetAmbiguousTimeOffsets(local);
        var early = offsets.Max();
        var late = offsets.Min();

        // The first pass is before the clock is set back and the second one after.
        var before = Utc(local, early);
        var after = Utc(local, late);
        var change = FirstInstant(before, after, instant => zone.GetUtcOffset(instant) == late);
        return new ZoneOverlap(early, late, Local(change, late), Local(change, early));
    }

    /// <summary>Finds the first moment after a gap of the wall clock.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="invalid">A local time in the gap.</param>
    public static DateTimeOffset AfterGap(TimeZoneInfo zone, DateTime invalid)
    {
        var around = TimeSpan.FromHours(26);
        var instant = FirstInstant(
            Utc(invalid, around), Utc(invalid, -around), at => Local(at, zone.GetUtcOffset(at)) >= invalid);
        return TimeZoneInfo.ConvertTime(instant, zone);
    }

    /// <summary>Halves a stretch of time until only its first instant that fits is left.</summary>
    private static DateTimeOffset FirstInstant(
        DateTimeOffset before, DateTimeOffset fitting, Func<DateTimeOffset, bool> fits)
    {
        var low = before.UtcTicks;
        var high = fitting.UtcTicks;
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (fits(new DateTimeOffset(middle, TimeSpan.Zero)))
            {
                high = middle;
            }
            else
            {
                low = middle;
            }
        }

        return new DateTimeOffset(high, TimeSpan.Zero);
    }

    private static DateTimeOffset Utc(DateTime local, TimeSpan offset) =>
        new(local.Ticks - offset.Ticks, TimeSpan.Zero);

    private static DateTime Local(DateTimeOffset instant, TimeSpan offset) => new(instant.UtcTicks + offset.Ticks);
}
