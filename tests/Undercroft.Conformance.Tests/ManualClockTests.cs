using Undercroft.Testing;

namespace Undercroft.Conformance.Tests;

public sealed class ManualClockTests
{
    private readonly ManualClock clock = new();
    private readonly List<string> fired = [];

    [Fact]
    public void It_stands_still_until_it_is_moved()
    {
        var start = clock.GetUtcNow();

        Assert.Equal(start, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromTicks(7));
        Assert.Equal(start.AddTicks(7), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromTicks(7), clock.GetElapsedTime(clock.GetTimestamp() - 7));
    }

    [Fact]
    public void Timers_fire_in_the_order_they_are_due_each_at_its_own_time()
    {
        var start = clock.GetUtcNow();
        using var late = Timer("late", seconds: 3);
        using var soon = Timer("soon", seconds: 1);
        using var also = Timer("also", seconds: 1);

        clock.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Empty(fired);
        clock.Advance(TimeSpan.FromSeconds(5));

        var (first, last) = (start.AddSeconds(1), start.AddSeconds(3));
        Assert.Equal([$"soon {first:O}", $"also {first:O}", $"late {last:O}"], fired);
        Assert.Equal(start.AddSeconds(6).AddTicks(-1), clock.GetUtcNow());
    }

    [Fact]
    public void A_timer_goes_on_firing_until_it_is_stopped()
    {
        using var timer = Timer("tick", seconds: 1, period: 2);

        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, fired.Count);
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(3, fired.Count);
    }

    [Fact]
    public async Task A_wait_on_it_ends_when_its_time_has_come()
    {
        var waiting = Task.Delay(TimeSpan.FromDays(1), clock, TestContext.Current.CancellationToken);

        clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        await waiting.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_wall_can_be_set_back_and_timers_do_not_notice()
    {
        var (start, stamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var timer = Timer("tick", seconds: 1);

        clock.SetUtcNow(start.AddDays(-1));

        Assert.Equal(start.AddDays(-1), clock.GetUtcNow());
        Assert.Equal(stamp, clock.GetTimestamp());
        clock.Advance(TimeSpan.FromSeconds(1));
        _ = Assert.Single(fired);
    }

    [Fact]
    public void Equal_seeds_give_equal_chance_and_salts_tell_sources_apart()
    {
        var seed = new TestSeed(42);

        Assert.Equal(seed.ToRandom(1).Next(), seed.ToRandom(1).Next());
        Assert.NotEqual(seed.ToRandom(1).Next(), seed.ToRandom(2).Next());
        Assert.Equal("Replay with UNDERCROFT_SEED=42.", seed.ToString());
    }

    private ITimer Timer(string name, int seconds, int? period = null) => clock.CreateTimer(
        _ => fired.Add($"{name} {clock.GetUtcNow():O}"),
        null,
        TimeSpan.FromSeconds(seconds),
        period is { } every ? TimeSpan.FromSeconds(every) : Timeout.InfiniteTimeSpan);
}
