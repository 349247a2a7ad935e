namespace Undercroft.Redis.Client;

/// <summary>Calls something often while there is something to look after, and seldom otherwise.</summary>
internal sealed class Ticker : IDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    private readonly ITimer timer;
    private readonly TimeSpan seldom;
    private readonly Func<bool> tick;
    private readonly Lock gate = new();
    private bool isAwake;
    private int isTicking;

    /// <summary>Begins to call.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="seldom">How often to call while nothing happens.</param>
    /// <param name="tick">Does the work and says whether something is under way.</param>
    public Ticker(TimeProvider clock, TimeSpan seldom, Func<bool> tick)
    {
        (this.seldom, this.tick) = (seldom, tick);
        timer = clock.CreateTimer(static state => ((Ticker)state!).OnTick(), this, seldom, seldom);
    }

    /// <summary>Says that something is under way. It is there already: a look that ends now must see it.</summary>
    public void Wake()
    {
        if (!Volatile.Read(ref isAwake))
        {
            Set(awake: true, Often);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void OnTick()
    {
        if (Interlocked.Exchange(ref isTicking, 1) != 0)
        {
            return;
        }

        if (!tick() && Volatile.Read(ref isAwake))
        {
            Set(awake: false, seldom);

            // What began since the look would not have woken it.
            if (tick())
            {
                Wake();
            }
        }

        Volatile.Write(ref isTicking, 0);
    }

    // Both in one step: who is woken while it falls asleep would otherwise be awake, and called seldom.
    private void Set(bool awake, TimeSpan period)
    {
        lock (gate)
        {
            if (isAwake != awake)
            {
                isAwake = awake;
                _ = timer.Change(period, period);
                Interlocked.MemoryBarrier();
            }
        }
    }
}
