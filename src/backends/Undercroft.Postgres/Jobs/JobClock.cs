using Undercroft.Backends;

namespace Undercroft.Postgres.Jobs;

/// <summary>The server's time, for leases and due times: clients whose clocks differ must not end each other's
/// sessions. A clock that was given is the time itself, and runs on where it goes back.</summary>
internal sealed class JobClock(TimeProvider time)
{
    // The server's time is told in microseconds.
    private const long Noise = TimeSpan.TicksPerMillisecond;

    private readonly bool followsServer = time == TimeProvider.System;
    private readonly StoreClock given = new(time);
    private long offset;

    /// <summary>The time.</summary>
    public DateTimeOffset Now() =>
        followsServer ? time.GetUtcNow() + new TimeSpan(Volatile.Read(ref offset)) : given.Now();

    /// <summary>Notes the time before a question is sent, for <see cref="Hear(long, long)"/>.</summary>
    public long Mark() => time.GetUtcNow().UtcTicks;

    /// <summary>Hears the server's time, with an answer that has just come.</summary>
    /// <param name="ticks">The server's time.</param>
    /// <param name="sentAt">What <see cref="Mark"/> gave before the question was sent.</param>
    public void Hear(long ticks, long sentAt)
    {
        if (followsServer)
        {
            Volatile.Write(ref offset, Corrected(Volatile.Read(ref offset), ticks, sentAt, Mark()));
        }
    }

    /// <summary>What is to be added to the time here. However long an answer was under way, that is no difference of
    /// clocks: only a time of the server's that cannot have been while it was asked is one.</summary>
    /// <param name="offset">What was added so far.</param>
    /// <param name="ticks">The server's time.</param>
    /// <param name="sentAt">The time here when it was asked.</param>
    /// <param name="heardAt">The time here when the answer had come.</param>
    internal static long Corrected(long offset, long ticks, long sentAt, long heardAt) =>
        ticks < sentAt + offset - Noise ? ticks - sentAt
        : ticks > heardAt + offset + Noise ? ticks - heardAt
        : offset;
}
