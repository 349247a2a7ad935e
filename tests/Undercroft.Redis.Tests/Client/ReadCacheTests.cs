using System.Globalization;
using System.Text;
using Undercroft.Redis.Client;
using Undercroft.Servers;
using Undercroft.Testing;

namespace Undercroft.Redis.Tests.Client;

public sealed class ReadCacheTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_first_read_costs_a_round_trip()
    {
        await using var server = await StartAsync();
        await using var client = await OpenAsync(server);
        await client.SetAsync("k", "light");
        var cache = Cache(client);
        _ = await server.AskAsync("CONFIG RESETSTAT", Cancel);

        for (var turn = 0; turn < 1000; turn++)
        {
            Assert.Equal("light", await ReadAsync(client, cache, "k"));
            Assert.Null(await ReadAsync(client, cache, "missing"));
        }

        Assert.Equal(1998, cache.Hits);
        var statistics = await server.AskAsync("INFO commandstats", Cancel);
        Assert.Contains("cmdstat_get:calls=2,", statistics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_an_invalidation_can_have_arrived_nothing_older_is_read()
    {
        const int Keys = 6;
        const int Turns = 300;
        await using var server = await StartAsync();
        await using var client = await OpenAsync(server);
        await using var writer = await Clients.OpenAsync(server);
        var cache = Cache(client);
        using var ending = new CancellationTokenSource();

        // Readers hammer all keys, so that reads and invalidations cross each other all the time.
        var readers = Enumerable.Range(0, 4).Select(reader => Task.Run(
            async () =>
            {
                var seen = new long[Keys];
                for (var turn = 0; !ending.IsCancellationRequested; turn++)
                {
                    var key = (turn + reader) % Keys;
                    var found = await ReadNumberAsync(client, cache, $"k{key}").ConfigureAwait(false);
                    Assert.InRange(found, seen[key], long.MaxValue);
                    seen[key] = found;
                }
            },
            Cancel)).ToArray();
        var writers = Enumerable.Range(0, Keys).Select(key => Task.Run(
            async () =>
            {
                for (var turn = 1; turn <= Turns; turn++)
                {
                    await writer.SetAsync($"k{key}", turn.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);

                    // What the server says over a connection comes in order: behind this, the invalidation is in.
                    (await client.SendAsync(client.Create("PING"u8), Cancel).ConfigureAwait(false)).Dispose();
                    Assert.Equal(turn, await ReadNumberAsync(client, cache, $"k{key}").ConfigureAwait(false));
                }
            },
            Cancel)).ToArray();

        await Task.WhenAll(writers);
        await ending.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(cache.Hits > 0);
    }

    [Fact]
    public async Task A_reply_that_its_invalidation_has_overtaken_is_not_kept()
    {
        await using var server = await StartAsync();
        await using var client = await OpenAsync(server);
        await client.SetAsync("k", "old");
        var cache = Cache(client);

        // One batch: read, change, read. The callers go on only when the invalidation may be in already.
        for (var turn = 0; turn < 300; turn++)
        {
            var reading = cache.SendAsync(client.AskFor("k"), Cancel).AsTask();
            var changing = client.SetAsync("k", $"{turn}");
            var barrier = client.SendAsync(client.Create("PING"u8), Cancel).AsTask();
            await Task.WhenAll(reading, changing, barrier);

            Assert.Equal($"{turn}", await ReadAsync(client, cache, "k"));
        }
    }

    [Fact]
    public async Task Own_writes_are_seen_at_once_and_other_commands_on_a_key_are_told_apart()
    {
        await using var server = await StartAsync();
        await using var client = await OpenAsync(server);
        var cache = Cache(client);
        for (var turn = 0; turn < 300; turn++)
        {
            await client.SetAsync("k", $"{turn}");
            cache.Forget("k"u8);
            Assert.Equal($"{turn}", await ReadAsync(client, cache, "k"));
            using var length = await cache.SendAsync(client.Create("STRLEN"u8).AddKey("k"u8), Cancel);
            Assert.Equal($"{turn}".Length, length.Int64);
        }
    }

    [Fact]
    public async Task What_changes_while_the_connection_is_lost_is_seen_and_so_is_a_flush()
    {
        await using var server = await StartAsync();
        await using var client = await OpenAsync(server);
        var cache = Cache(client);
        for (var turn = 0; turn < 5; turn++)
        {
            _ = await server.AskAsync($"SET k {turn}", Cancel);
            _ = await client.SendAsync(client.Create("PING"u8), Cancel);
            Assert.Equal($"{turn}", await ReadAsync(client, cache, "k"));

            // Who reads over a new connection is told nothing of what was read over the old one.
            _ = await server.AskAsync("CLIENT KILL TYPE normal", Cancel);
            _ = await server.AskAsync($"SET k lost{turn}", Cancel);
            await Clients.UntilAsync(async () => await ReadAsync(client, cache, "k") == $"lost{turn}");
        }

        _ = await server.AskAsync("FLUSHALL", Cancel);
        _ = await client.SendAsync(client.Create("PING"u8), Cancel);
        Assert.Null(await ReadAsync(client, cache, "k"));
    }

    [Fact]
    public async Task A_connection_that_is_silent_for_long_is_not_relied_upon()
    {
        await using var server = await StartAsync();
        var clock = new ManualClock();
        await using var proxy = FaultProxy.Start(server.Host, server.Port);
        await using var client = await Clients.OpenAsync(
            server.AddressAt(proxy.Port),
            options =>
                (options.IsTracking, options.Clock, options.ServerTimeout) = (true, clock, TimeSpan.FromDays(1)));
        var cache = new RedisReadCache(client, 100, 100_000, TimeSpan.FromSeconds(5));
        _ = await server.AskAsync("SET k old", Cancel);
        Assert.Equal("old", await ReadAsync(client, cache, "k"));
        var frozen = proxy.Arm(new Fault(FaultKind.Freeze, FaultSide.Asking) { When = "ECHO" });
        var lost = client.SendAsync(client.Create("ECHO"u8).Add("x"u8), Cancel).AsTask();
        await frozen;
        _ = await server.AskAsync("SET k new", Cancel);

        // Nobody can know yet that the line is dead; then the time is up.
        Assert.Equal("old", await ReadAsync(client, cache, "k"));
        clock.Advance(TimeSpan.FromSeconds(6));
        var reading = ReadAsync(client, cache, "k");
        Assert.False(reading.IsCompleted);
        clock.Advance(Clients.Patience * 2);

        Assert.Equal("new", await reading.WaitAsync(Clients.Patience, Cancel));
        _ = await Assert.ThrowsAsync<RedisException>(() => lost.WaitAsync(Clients.Patience, Cancel));
    }

    [Fact]
    public async Task It_never_grows_beyond_its_limits_and_keeps_what_is_used()
    {
        await using var server = await StartAsync();
        await using var client = await OpenAsync(server);
        var few = new RedisReadCache(client, 10, 1_000_000, Clients.Patience);
        for (var turn = 0; turn < 100; turn++)
        {
            _ = await ReadAsync(client, few, $"k{turn}");
            _ = await ReadAsync(client, few, "used");
            Assert.InRange(few.Count, 1, 10);
        }

        Assert.Equal(99, few.Hits);
        for (var turn = 0; turn < 100; turn++)
        {
            few.Forget("same"u8);
            _ = await ReadAsync(client, few, "same");
        }

        var small = new RedisReadCache(client, 1000, 20_000, Clients.Patience);
        await client.SetAsync("large", new string('x', 5000));
        for (var turn = 0; turn < 20; turn++)
        {
            using var reply = await small.SendAsync(
                client.Create("GETRANGE"u8).AddKey(Encoding.UTF8.GetBytes("large")).Add(0).Add(turn + 4000), Cancel);
            _ = await ReadAsync(client, small, $"k{turn}");
            Assert.InRange(small.Count, 1, 60);
        }
    }

    private static Task<RedisServer> StartAsync() =>
        RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);

    private static Task<RedisClient> OpenAsync(RedisServer server) =>
        Clients.OpenAsync(server, static options => options.IsTracking = true);

    private static RedisReadCache Cache(RedisClient client) => new(client, 10_000, 10_000_000, Clients.Patience);

    private static async Task<string?> ReadAsync(RedisClient client, RedisReadCache cache, string key)
    {
        using var reply = await cache.SendAsync(client.AskFor(key), Cancel).ConfigureAwait(false);
        return reply.IsNull ? null : reply.Text;
    }

    private static async Task<long> ReadNumberAsync(RedisClient client, RedisReadCache cache, string key) =>
        long.Parse(
            await ReadAsync(client, cache, key).ConfigureAwait(false) ?? "0", CultureInfo.InvariantCulture);
}
