using Undercroft.Backends;
using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres.Jobs;

/// <summary>The server's time, for leases and due times: clients whose clocks differ must not end each other's
/// sessions. A clock that was given is the time itself, and runs on where it goes back.</summary>
internal sealed class JobClock(TimeProvider time)
{
    private readonly ServerTime? server = time as ServerTime;
    private readonly StoreClock given = new(time);

    /// <summary>The time.</summary>
    public DateTimeOffset Now() => server?.GetUtcNow() ?? given.Now();

    /// <summary>Notes the time before a question is sent, for <see cref="Hear(long, long)"/>.</summary>
    public long Mark() => server?.Mark() ?? 0;

    /// <summary>Hears the server's time, with an answer that has just come.</summary>
    /// <param name="ticks">The server's time.</param>
    /// <param name="sentAt">What <see cref="Mark"/> gave before the question was sent.</param>
    public void Hear(long ticks, long sentAt) => server?.Hear(ticks, sentAt);
}
