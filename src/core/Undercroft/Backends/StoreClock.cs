namespace Undercroft.Backends;

/// <summary>A store's clock: the provider's, except that it never goes back.</summary>
/// <param name="provider">Where the time comes from.</param>
/// <param name="floor">The latest time the store has seen before; the clock begins no earlier.</param>
public sealed class StoreClock(TimeProvider provider, DateTimeOffset floor = default)
{
    private long latest = floor.UtcTicks;

    /// <summary>The provider's time, or the latest time told before where the provider has gone back.</summary>
    public DateTimeOffset Now()
    {
        var now = provider.GetUtcNow().UtcTicks;
        var seen = Volatile.Read(ref latest);
        while (now > seen)
        {
            var found = Interlocked.CompareExchange(ref latest, now, seen);
            if (found == seen)
            {
                return new DateTimeOffset(now, TimeSpan.Zero);
            }

            seen = found;
        }

        return new DateTimeOffset(seen, TimeSpan.Zero);
    }
}
