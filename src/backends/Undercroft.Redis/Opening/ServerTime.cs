namespace Undercroft.Redis.Opening;

/// <summary>The system's time, put right by what the server's clock said: all that have a store open then agree about
/// when a record has expired.</summary>
/// <param name="offset">How far the server's clock is ahead.</param>
internal sealed class ServerTime(TimeSpan offset) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => System.LocalTimeZone;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime, period);
}
