using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Client;

/// <summary>Opens clients the way tests need them, and says the usual things with them.</summary>
internal static class Clients
{
    /// <summary>A limit that only a hang reaches.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Task<RedisClient> OpenAsync(RedisServer server, Action<RedisClientOptions>? change = null) =>
        OpenAsync(server.Address, change);

    public static async Task<RedisClient> OpenAsync(string uri, Action<RedisClientOptions>? change = null)
    {
        var options = Options(uri);
        change?.Invoke(options);
        return await RedisClient.OpenAsync(options, TestContext.Current.CancellationToken);
    }

    /// <summary>Options in which no limit of time can be reached by a machine that is only slow.</summary>
    public static RedisClientOptions Options(string uri)
    {
        var options = RedisUri.Parse(StoreUri.Parse(uri));
        options.ConnectTimeout = options.CommandTimeout = options.ServerTimeout = Patience;
        return options;
    }

    public static async Task<string?> GetAsync(this IRedisClient client, string key)
    {
        using var reply = await client.SendAsync(AskFor(client, key));
        return reply.IsNull ? null : reply.Text;
    }

    public static RedisCommand AskFor(this IRedisClient client, string key) =>
        client.Create("GET"u8).AddKey(System.Text.Encoding.UTF8.GetBytes(key)).Repeatable();

    public static RedisCommand AskToIncrease(this IRedisClient client, string key) =>
        client.Create("INCR"u8).AddKey(System.Text.Encoding.UTF8.GetBytes(key));

    public static async Task SetAsync(this IRedisClient client, string key, string value)
    {
        var command = client.Create("SET"u8).AddKey(System.Text.Encoding.UTF8.GetBytes(key)).Add(value).Repeatable();
        using var reply = await client.SendAsync(command);
        Assert.Equal("OK", reply.Text);
    }

    public static async Task<long> IncrAsync(this IRedisClient client, string key)
    {
        using var reply = await client.SendAsync(client.AskToIncrease(key));
        return reply.Int64;
    }

    /// <summary>Looks again and again until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
