namespace Undercroft.Postgres.Connecting;

/// <summary>The system's time, put right by what the server's clock says: all that have a store open then agree about
/// when a record has expired and a job is due, whatever their own clocks say.</summary>
/// <param name="inner">The time here.</param>
internal sealed class ServerTime(TimeProvider inner) : TimeProvider
{
    /// <summary>What the server says its time is, in ticks.</summary>
    public const string Sql = "(extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000";

    // The server's time is told in microseconds.
    private const long Noise = TimeSpan.TicksPerMillisecond;

    private long offset;

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + new TimeSpan(Volatile.Read(ref offset));

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);

    /// <summary>Notes the time here before a question is sent, for <see cref="Hear"/>.</summary>
    public long Mark() => inner.GetUtcNow().UtcTicks;

    /// <summary>Hears the server's time, with an answer that has just come.</summary>
    /// <param name="ticks">The server's time.</param>
    /// <param name="sentAt">What <see cref="Mark"/> gave before the question was sent.</param>
    public void Hear(long ticks, long sentAt)
    {
        if (ticks > 0)
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
