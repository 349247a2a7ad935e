namespace Undercroft.Testing;

/// <summary>A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, in the order
/// they are due, each at exactly its own time. Safe for threads.</summary>
/// <remarks>The wall clock can be set back with <see cref="SetUtcNow"/>, as a system's can; timers and timestamps only
/// know <see cref="Advance"/>.</remarks>
public sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset wall;
    private long elapsed;
    private long timersMade;

    /// <summary>Makes a clock that shows an odd instant: one that rounding to any unit would change.</summary>
    public ManualClock()
        : this(new DateTimeOffset(2031, 3, 14, 15, 9, 26, TimeSpan.Zero).AddTicks(5_358_979))
    {
    }

    /// <summary>Makes a clock that shows an instant.</summary>
    public ManualClock(DateTimeOffset start) => wall = start.ToUniversalTime();

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return wall;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (gate)
        {
            return elapsed;
        }
    }

    /// <summary>Sets the wall clock, forward or back. No timer fires.</summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        lock (gate)
        {
            wall = now.ToUniversalTime();
        }
    }

    /// <summary>Lets time pass. Returns when every timer that became due has run.</summary>
    /// <param name="time">How long; not negative.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        long end;
        lock (gate)
        {
            end = elapsed + time.Ticks;
        }

        while (NextDue(end) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (gate)
        {
            var timer = new ManualTimer(this, callback, state, timersMade++);
            timers.Add(timer);
            timer.Plan(elapsed, dueTime, period);
            return timer;
        }
    }

    private ManualTimer? NextDue(long end)
    {
        lock (gate)
        {
            var next = timers
                .Where(timer => timer.DueAt <= end)
                .OrderBy(static timer => timer.DueAt)
                .ThenBy(static timer => timer.Number)
                .FirstOrDefault();
            MoveTo(Math.Max(elapsed, next?.DueAt ?? end));
            next?.PlanNext();
            return next;
        }
    }

    private void MoveTo(long to)
    {
        wall = wall.AddTicks(to - elapsed);
        elapsed = to;
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state, long number) : ITimer
    {
        private long period;

        public long Number => number;

        /// <summary>When it fires, in ticks of the clock; <see cref="long.MaxValue"/> means never.</summary>
        public long DueAt { get; private set; } = long.MaxValue;

        public void Plan(long now, TimeSpan dueTime, TimeSpan newPeriod)
        {
            DueAt = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : now + dueTime.Ticks;
            period = newPeriod == Timeout.InfiniteTimeSpan ? 0 : newPeriod.Ticks;
        }

        public void PlanNext() => DueAt = period > 0 ? DueAt + period : long.MaxValue;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                Plan(clock.elapsed, dueTime, period);
                return clock.timers.Contains(this);
            }
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                _ = clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
