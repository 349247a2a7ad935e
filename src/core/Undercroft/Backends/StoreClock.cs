namespace Undercroft.Backends;

/// <summary>A store's clock: the provider's, except that it never goes back.</summary>
/// <param name="provider">Where the time comes from.</param>
/// <param name="floor">The latest time the store has seen before; the clock begins no earlier.</param>
public sealed class StoreClock(TimeProvider provider, DateTimeOffset floor = default)
{
    private long latest = floor.UtcTicks;

    /// <summary>Makes the clock begin no earlier than an instant that another clock of the same store has told.
    /// </summary>
    public void Advance(DateTimeOffset seen) => Advance(seen.UtcTicks);

    /// <summary>The provider's time, or the latest time told before where the provider has gone back.</summary>
    public DateTimeOffset Now() => new(Advance(provider.GetUtcNow().UtcTicks), TimeSpan.Zero);

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
}
