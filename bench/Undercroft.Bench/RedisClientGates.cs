using System.Text;
using Undercroft.Bench.Floors;
using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Bench;

/// <summary>The Redis client against the server's own benchmark: eight connections, each waiting for its reply.
/// </summary>
internal static class RedisClientGates
{
    private const int Keys = 64;
    private const int ValueBytes = 1024;
    private const int FloorCount = 40_000;
    private const int OursCount = 128_000;
    private const int CachedCount = 1_000_000;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "redis-get-8",
            "GET of 1 KB by 8 callers of one client / redis-benchmark -c 8, unpipelined",
            2.5,
            IsSpeedUp: true,
            static _ => PrepareAsync(callers: 8)),
        new Gate(
            "redis-get-64",
            "GET of 1 KB by 64 callers of one client / redis-benchmark -c 8, unpipelined",
            3,
            IsSpeedUp: true,
            static _ => PrepareAsync(callers: 64)),
        new Gate(
            "redis-cached",
            "read of 1 KB that the read cache keeps / the same read by one caller over the connection",
            20,
            IsSpeedUp: true,
            static _ => PrepareCachedAsync()),
    ];

    private static async ValueTask<Contest> PrepareAsync(int callers)
    {
        var (server, client, keys) = await OpenAsync(isTracking: false);
        return new Contest(
            async () => await Task.WhenAll(Enumerable.Range(0, callers).Select(
                caller => GetAsync(client, keys[caller % Keys], OursCount / callers))),
            () => RedisFloor.RunAsync(server.Host, server.Port, FloorCount, "GET", "bench:0"),
            OursCount,
            FloorCount,
            () => CloseAsync(server, client));
    }

    private static async ValueTask<Contest> PrepareCachedAsync()
    {
        var (server, client, keys) = await OpenAsync(isTracking: true);
        var cache = new RedisReadCache(client, entriesMax: 1000, 10_000_000, TimeSpan.FromSeconds(5));
        return new Contest(
            async () =>
            {
                for (var i = 0; i < CachedCount; i++)
                {
                    using var reply = await cache.SendAsync(client.Create("GET"u8).AddKey(keys[i % Keys]));
                    Require(reply);
                }
            },
            async () => await GetAsync(client, keys[0], FloorCount),
            CachedCount,
            FloorCount,
            () => CloseAsync(server, client));
    }

    // A server that tracks what a client reads does more for each GET than for those of its own benchmark: only the
    // cache asks for it.
    private static async ValueTask<(RedisServer Server, RedisClient Client, byte[][] Keys)> OpenAsync(bool isTracking)
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var options = RedisUri.Parse(StoreUri.Parse(server.Address));
        options.IsTracking = isTracking;
        var client = await RedisClient.OpenAsync(options);
        var keys = Enumerable.Range(0, Keys).Select(static i => Encoding.ASCII.GetBytes($"bench:{i}")).ToArray();
        foreach (var key in keys)
        {
            (await client.SendAsync(client.Create("SET"u8).AddKey(key).Add(new byte[ValueBytes]))).Dispose();
        }

        return (server, client, keys);
    }

    private static async Task GetAsync(RedisClient client, byte[] key, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var reply = await client.SendAsync(client.Create("GET"u8).AddKey(key).Repeatable());
            Require(reply);
        }
    }

    private static void Require(in RedisReply reply)
    {
        if (reply.Bytes.Length != ValueBytes)
        {
            throw new InvalidOperationException("The value read is not the value written.");
        }
    }

    private static async ValueTask CloseAsync(RedisServer server, RedisClient client)
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }
}
