namespace Undercroft.Jobs;

/// <summary>A timer for any time up to ten years: the system's end at 49 days.</summary>
internal sealed class LongTimer : ITimer
{
    private static readonly TimeSpan StepMax = TimeSpan.FromDays(30);

    private readonly Lock gate = new();
    private readonly Action action;
    private readonly ITimer inner;
    private TimeSpan left;

    private LongTimer(TimeProvider clock, TimeSpan time, Action action)
    {
        this.action = action;
        left = time;
        inner = clock.CreateTimer(
            static state => ((LongTimer)state!).Tick(),
            this,
            System.Threading.Timeout.InfiniteTimeSpan,
            System.Threading.Timeout.InfiniteTimeSpan);
        Plan();
    }

    /// <summary>Does something after a time, once, unless it is disposed before.</summary>
    public static ITimer Start(TimeProvider clock, TimeSpan time, Action action) => new LongTimer(clock, time, action);

    public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

    public void Dispose() => inner.Dispose();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Tick()
    {
        lock (gate)
        {
            if (left > TimeSpan.Zero)
            {
                Plan();
                return;
            }
        }

        action();
    }

    private void Plan()
    {
        lock (gate)
        {
            var step = left < StepMax ? left : StepMax;
            left -= step;
            _ = inner.Change(step, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }
}
