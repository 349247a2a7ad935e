namespace Undercroft.Backends;

/// <summary>A store's clock: it never goes back, and it never stands still for long.</summary>
/// <remarks>Where the provider's time goes back, or was ahead once, the clock runs on from the latest time it has told,
/// as fast as the provider's timestamps do, until the provider's time has caught up. So what was to live for an hour
/// lives for an hour, whatever the system's clock did in between.</remarks>
/// <param name="provider">Where the time comes from.</param>
/// <param name="floor">The latest time the store has seen before; the clock begins no earlier.</param>
public sealed class StoreClock(TimeProvider provider, DateTimeOffset floor = default)
{
    // Threads that read the clock at once pass each other, and providers are put right in small steps: that is waited
    // out.
    private const long WaitedOutMax = TimeSpan.TicksPerSecond;

    private long latest = floor.UtcTicks;
    private Anchor? anchor;

    /// <summary>Makes the clock begin no earlier than an instant that another clock of the same store has told.
    /// </summary>
    public void Advance(DateTimeOffset seen) => Advance(seen.UtcTicks);

    /// <summary>How far the clock is ahead of the provider's time, to be kept beside the time it has told, for
    /// <see cref="Resume"/>; nothing where the two agree, to a second.</summary>
    public TimeSpan Ahead
    {
        get
        {
            var ahead = Volatile.Read(ref latest) - provider.GetUtcNow().UtcTicks;
            return ahead > WaitedOutMax ? new TimeSpan(ahead) : TimeSpan.Zero;
        }
    }

    /// <summary>Goes on from where a clock of the same store ended. Where that was ahead of the provider's time, what
    /// has passed since by the provider's time has passed for the store: else its time would stand still while nobody
    /// has it open.</summary>
    /// <param name="told">The latest time that was told.</param>
    /// <param name="ahead">What <see cref="Ahead"/> was then.</param>
    public void Resume(DateTimeOffset told, TimeSpan ahead)
    {
        Advance(told);
        if (ahead > TimeSpan.Zero)
        {
            var now = provider.GetUtcNow();
            Advance(ahead < DateTimeOffset.MaxValue - now ? now + ahead : DateTimeOffset.MaxValue);
        }
    }

    /// <summary>The provider's time, or where that has gone back, the latest time told before and what has passed
    /// since.</summary>
    public DateTimeOffset Now()
    {
        var ticks = provider.GetUtcNow().UtcTicks;
        return new(ticks >= Volatile.Read(ref latest) ? Advance(ticks) : RunOn(ticks), TimeSpan.Zero);
    }

    private long RunOn(long ticks)
    {
        var from = Volatile.Read(ref anchor);
        var reckoned = from is null ? ticks : Math.Max(ticks, from.Reckon(provider));
        var seen = Volatile.Read(ref latest);
        if (reckoned < seen - WaitedOutMax)
        {
            Volatile.Write(ref anchor, new Anchor(seen, provider.GetTimestamp()));
        }

        return Advance(reckoned);
    }

    private long Advance(long ticks)
    {
        var seen = Volatile.Read(ref latest);
        while (ticks > seen)
        {
            var found = Interlocked.CompareExchange(ref latest, ticks, seen);
            if (found == seen)
            {
                return ticks;
            }

            seen = found;
        }

        return seen;
    }

    /// <summary>A time the clock has told, and the provider's timestamp then.</summary>
    private sealed record Anchor(long Ticks, long Timestamp)
    {
        public long Reckon(TimeProvider provider)
        {
            var end = DateTimeOffset.MaxValue.UtcTicks;
            var passed = provider.GetElapsedTime(Timestamp).Ticks;
            return passed < end - Ticks ? Ticks + passed : end;
        }
    }
}
