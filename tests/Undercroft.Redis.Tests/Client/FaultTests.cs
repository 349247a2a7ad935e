using Undercroft.Redis.Client;
using Undercroft.Servers;
using Undercroft.Testing;

namespace Undercroft.Redis.Tests.Client;

/// <summary>Connections that break at every point: what was sent and not answered is never guessed at.</summary>
public sealed class FaultTests(SharedRedis redis)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FaultSide.Asking, 0)]
    [InlineData(FaultSide.Asking, 0.5)]
    [InlineData(FaultSide.Asking, 1)]
    [InlineData(FaultSide.Answering, 0)]
    [InlineData(FaultSide.Answering, 0.5)]
    public async Task A_command_cut_on_its_way_is_reported_and_never_sent_again(FaultSide side, double part)
    {
        var server = await redis.ServerAsync();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        await using var client = await Clients.OpenAsync(server.AddressAt(proxy.Port));
        var key = $"rc:cut:{side}:{part}";
        (await client.SendAsync(client.Create("SET"u8).AddKey(Bytes(key)).Add(0), Cancel)).Dispose();
        _ = proxy.Arm(new Fault(FaultKind.Cut, side) { When = side == FaultSide.Asking ? key : ":1", Part = part });

        var error = await Assert.ThrowsAsync<RedisException>(() => client.IncrAsync(key));

        Assert.Equal((RedisFailure.OutcomeUnknown, true), (error.Failure, error.IsTransient));
        Assert.Contains("INCR", error.Message, StringComparison.Ordinal);
        var found = await client.GetAsync(key);
        Assert.True(found == "0" || (found == "1" && (side == FaultSide.Answering || part > 0)), found);
        Assert.Equal(found == "0" ? 1 : 2, await client.IncrAsync(key));
    }

    [Fact]
    public async Task What_may_be_repeated_is_and_its_caller_notices_nothing()
    {
        var server = await redis.ServerAsync();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        await using var client = await Clients.OpenAsync(server.AddressAt(proxy.Port));
        await client.SetAsync("rc:repeat", "light");
        for (var turn = 0; turn < 5; turn++)
        {
            var struck = proxy.Arm(new Fault(FaultKind.Cut, FaultSide.Answering) { When = "light", Part = 0.3 });

            Assert.Equal("light", await client.GetAsync("rc:repeat"));
            await struck;
        }
    }

    [Fact]
    public async Task A_connection_that_went_silent_is_given_up()
    {
        var server = await redis.ServerAsync();
        var clock = new ManualClock();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        await using var client = await Clients.OpenAsync(
            server.AddressAt(proxy.Port), options => options.Clock = clock);
        await client.SetAsync("rc:silent", "0");
        var frozen = proxy.Arm(new Fault(FaultKind.Freeze, FaultSide.Asking) { When = "INCR" });
        var lost = client.IncrAsync("rc:silent");
        await frozen;
        Assert.False(lost.IsCompleted);

        clock.Advance(Clients.Patience * 2);

        var error = await Assert.ThrowsAsync<RedisException>(() => lost.WaitAsync(Clients.Patience, Cancel));
        Assert.Equal(RedisFailure.OutcomeUnknown, error.Failure);
        Assert.Contains("has not answered for", error.Message, StringComparison.Ordinal);
        Assert.Equal("0", await client.GetAsync("rc:silent").WaitAsync(Clients.Patience, Cancel));
    }

    [Fact]
    public async Task A_quiet_connection_is_asked_whether_it_lives_and_made_again_where_it_does_not()
    {
        var server = await redis.ServerAsync();
        var clock = new ManualClock();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        await using var client = await Clients.OpenAsync(
            server.AddressAt(proxy.Port), options => options.Clock = clock);
        var frozen = proxy.Arm(new Fault(FaultKind.Freeze, FaultSide.Asking) { When = "PING" });

        clock.Advance(TimeSpan.FromSeconds(5));
        await frozen.WaitAsync(Clients.Patience, Cancel);
        clock.Advance(Clients.Patience * 2);

        // Nobody asked for anything, and the second connection is made.
        await Clients.UntilAsync(() => Task.FromResult(proxy.Taken == 2));
        Assert.Null(await client.GetAsync("rc:quiet").WaitAsync(Clients.Patience, Cancel));
    }

    [Fact]
    public async Task Connections_killed_under_load_lose_no_acknowledged_write_and_double_none()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancel);
        await using var client = await Clients.OpenAsync(server);
        using var ending = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(() => CountAsync(client, caller, ending.Token)))
            .ToArray();

        for (var kill = 0; kill < 10; kill++)
        {
            _ = await server.AskAsync("CLIENT KILL TYPE normal", Cancel);
            _ = await client.GetAsync("count:0");
        }

        await ending.CancelAsync();
        var counts = await Task.WhenAll(callers);

        for (var caller = 0; caller < counts.Length; caller++)
        {
            var found = long.Parse(
                await client.GetAsync($"count:{caller}") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(found, counts[caller].Acknowledged, counts[caller].Acknowledged + counts[caller].Unknown);
        }
    }

    [Fact]
    public async Task A_server_that_is_started_again_is_found_again()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { AppendSync = "always" }, Cancel);
        await using var client = await Clients.OpenAsync(server);
        await client.SetAsync("rc:again", "light");

        await server.KillAsync(Cancel);
        var waiting = client.GetAsync("rc:again");
        await server.StartAgainAsync(Cancel);

        Assert.Equal("light", await waiting.WaitAsync(Clients.Patience, Cancel));
    }

    [Fact]
    public async Task Without_a_server_commands_wait_for_their_time_and_not_longer()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancel);
        await using var client = await Clients.OpenAsync(
            server, static options => options.ServerTimeout = TimeSpan.FromMilliseconds(100));
        await server.KillAsync(Cancel);

        var error = await Assert.ThrowsAsync<RedisException>(
            () => client.GetAsync("rc:gone").WaitAsync(Clients.Patience, Cancel));

        Assert.Equal((RedisFailure.Unavailable, true), (error.Failure, error.IsTransient));
        Assert.Contains($":{server.Port}", error.Message, StringComparison.Ordinal);
    }

    private static async Task<(long Acknowledged, long Unknown)> CountAsync(
        RedisClient client, int caller, CancellationToken ending)
    {
        var (acknowledged, unknown) = (0L, 0L);
        while (!ending.IsCancellationRequested)
        {
            try
            {
                var count = await client.IncrAsync($"count:{caller}").ConfigureAwait(false);
                Assert.InRange(count, acknowledged + 1, long.MaxValue);
                acknowledged++;
            }
            catch (RedisException error) when (error.Failure == RedisFailure.OutcomeUnknown)
            {
                unknown++;
            }
        }

        return (acknowledged, unknown);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
