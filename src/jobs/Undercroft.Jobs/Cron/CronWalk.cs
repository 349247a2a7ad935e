namespace Undercroft.Jobs;

/// <summary>Finds the first time of an expression, going from one move of the wall clock to the next.</summary>
/// <param name="fields">What the expression allows.</param>
/// <param name="zone">Whose wall clock it speaks of.</param>
internal readonly struct CronWalk(CronFields fields, TimeZoneInfo zone)
{
    // Longer than any clock has been moved, twice: no local time comes again later than that.
    private const long NearTicks = 2 * TimeSpan.TicksPerDay;

    private readonly ZoneOffsets offsets = new(zone);

    /// <summary>The first time at an instant or behind it; null where there is none up to the year 2499.</summary>
    public DateTimeOffset? From(DateTimeOffset from)
    {
        var start = from.UtcTicks;

        // A clock that was set back a little earlier has the present hour come for the second time.
        var at = Math.Max(0, start - NearTicks);
        var offset = offsets.At(at);

        // The local time up to which fixed times have come.
        var floor = 0L;
        while (true)
        {
            var first = Math.Max(at, start);
            var instant = Next(Math.Max(floor, first + offset)) - offset;
            if (offsets.NextChange(at, Math.Min(instant ?? long.MaxValue, first + NearTicks)) is { } change)
            {
                var changed = offsets.At(change);
                if (change >= start && changed > offset && Next(Math.Max(floor, change + offset)) < change + changed)
                {
                    return Time(change, changed);
                }

                floor = fields.IsInterval ? 0 : Math.Max(floor, change + Math.Max(offset, changed));
                (at, offset) = (change, changed);
            }
            else if (instant is not { } time)
            {
                return null;
            }
            else if (time <= first + NearTicks)
            {
                return Time(time, offset);
            }
            else
            {
                // Nothing matches before it, whatever clocks do in between.
                at = time - NearTicks;
                offset = offsets.At(at);
            }
        }
    }

    private long? Next(long local) => fields.NextLocal(new DateTime(Math.Max(0, local)))?.Ticks;

    private static DateTimeOffset Time(long instant, long offset) =>
        new DateTimeOffset(instant, TimeSpan.Zero).ToOffset(new TimeSpan(offset));
}
