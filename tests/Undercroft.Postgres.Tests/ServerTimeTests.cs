using Undercroft.Postgres.Connecting;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>A client whose clock is wrong has the server's time all the same, and moves nobody else's.</summary>
public sealed class ServerTimeTests(SharedPostgres shared) : StoreTest(shared)
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_client_whose_clock_is_an_hour_off_ends_nothing_of_the_others(int hours)
    {
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        var wrong = await PostgresStore.OpenAsync(
            Options(), new ServerTime(new WrongClock(TimeSpan.FromHours(hours))), Cancel);
        Own(wrong);
        var first = (await CommitAsync(wrong, Put("a"))).At;
        var right = await OpenAsync();
        var put = new PutOperation(Key("short"), default) { TimeToLive = TimeSpan.FromMinutes(30) };
        var second = (await CommitAsync(right, put)).At;
        _ = await CommitAsync(wrong, Put("b"));
        var later = await OpenAsync();

        var (least, most) = (before, TimeProvider.System.GetUtcNow().AddMinutes(5));
        Assert.InRange(first, least, most);
        Assert.InRange(second, least, most);
        foreach (var store in new[] { wrong, right, later })
        {
            var found = (await store.ReadAsync(Key("short"), default, Cancel))[0];
            Assert.Equal(second.AddMinutes(30), found?.ExpiresAt);
        }
    }

    private sealed class WrongClock(TimeSpan off) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + off;
    }
}
