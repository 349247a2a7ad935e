using Undercroft.Testing;

namespace Undercroft.Sqlite.Tests;

/// <summary>A clock that was wrong once, and processes that come and go.</summary>
public sealed class ClockTests : StoreTests
{
    [Fact]
    public async Task Time_passes_while_nobody_has_a_store_open_whose_time_is_ahead()
    {
        var clock = new ManualClock();
        var right = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        _ = await WriteOnceAsync(clock);
        clock.SetUtcNow(right);
        var first = await WriteOnceAsync(clock);
        for (var minutes = 10; minutes <= 30; minutes += 10)
        {
            clock.Advance(TimeSpan.FromMinutes(10));

            Assert.Equal(first.AddMinutes(minutes), await WriteOnceAsync(clock));
        }
    }

    [Fact]
    public async Task A_reader_has_that_time_too()
    {
        var clock = new ManualClock();
        var right = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
        _ = await WriteOnceAsync(clock);
        clock.SetUtcNow(right);
        _ = await WriteOnceAsync(
            clock, new PutOperation(Key("short"), default) { TimeToLive = TimeSpan.FromMinutes(5) });

        clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.True(await IsThereAsync(clock));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.False(await IsThereAsync(clock));
    }

    private async Task<DateTimeOffset> WriteOnceAsync(TimeProvider clock, PutOperation? put = null)
    {
        await using var store = await OpenAsync(clock: clock);
        return (await store.CommitAsync(new Commit(put ?? Put("a")), Cancel)).At;
    }

    private async Task<bool> IsThereAsync(TimeProvider clock)
    {
        await using var store = await OpenAsync(static options => options.ReadOnly = true, clock);
        return (await store.ReadAsync(Key("short"), default, Cancel))[0] is not null;
    }
}
