namespace Undercroft.Jobs;

/// <summary>Where the wall clock of a zone is moved, found by the offsets of instants alone.</summary>
/// <remarks>What the framework says of local times, whether they are skipped or come twice, is wrong where summer time
/// is counted backwards, as in Dublin and Casablanca, and where a country moves to another zone. The offset of an
/// instant is right everywhere.</remarks>
/// <param name="zone">The zone.</param>
internal readonly struct ZoneOffsets(TimeZoneInfo zone)
{
    // No clock is moved forth and back within it.
    private const long StepTicks = 6 * TimeSpan.TicksPerHour;

    /// <summary>The offset of an instant, in ticks as the instant.</summary>
    public long At(long instant) => zone.GetUtcOffset(new DateTimeOffset(instant, TimeSpan.Zero)).Ticks;

    /// <summary>The first instant behind <paramref name="from"/> and not behind <paramref name="to"/> that has another
    /// offset than the one before it; null where there is none.</summary>
    public long? NextChange(long from, long to)
    {
        var offset = At(from);
        while (from < to)
        {
            var next = Math.Min(from + StepTicks, to);
            if (At(next) != offset)
            {
                return FirstChange(from, next, offset);
            }

            from = next;
        }

        return null;
    }

    private long FirstChange(long same, long other, long offset)
    {
        while (other - same > 1)
        {
            var middle = same + ((other - same) / 2);
            if (At(middle) == offset)
            {
                same = middle;
            }
            else
            {
                other = middle;
            }
        }

        return other;
    }
}
