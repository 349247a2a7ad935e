namespace Undercroft.Postgres.Jobs;

/// <summary>The server's time, for leases and due times: clients whose clocks differ must not end each other's
/// sessions. A clock that was given is the time itself.</summary>
internal sealed class JobClock(TimeProvider time)
{
    // What the way of an answer takes is no difference of clocks.
    private const long Noise = 50 * TimeSpan.TicksPerMillisecond;

    private readonly bool followsServer = time == TimeProvider.System;
    private long offset;

    /// <summary>The time.</summary>
    public DateTimeOffset Now() => time.GetUtcNow() + new TimeSpan(Volatile.Read(ref offset));

    /// <summary>Hears the server's time, with an answer that has just come.</summary>
    public void Hear(long ticks)
    {
        var seen = ticks - time.GetUtcNow().UtcTicks;
        if (followsServer && Math.Abs(seen - Volatile.Read(ref offset)) > Noise)
        {
            Volatile.Write(ref offset, seen);
        }
    }
}
