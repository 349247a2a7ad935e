using System.Collections.Concurrent;
using System.Text;
using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Client;

public sealed class PushTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_channel_is_heard_again_after_the_connection_was_lost_and_not_after_it_was_left()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var client = await Clients.OpenAsync(server);
        var heard = new ConcurrentQueue<string>();
        var subscription = await client.SubscribeAsync(
            "news"u8.ToArray(), message => heard.Enqueue(Encoding.UTF8.GetString(message.Span)), Cancel);

        Assert.Equal("1", await server.AskAsync("PUBLISH news first", Cancel));
        await Clients.UntilAsync(() => Task.FromResult(heard.Contains("first")));

        _ = await server.AskAsync("CLIENT KILL TYPE pubsub", Cancel);
        await Clients.UntilAsync(async () => await server.AskAsync("PUBLISH news second", Cancel) == "1");
        await Clients.UntilAsync(() => Task.FromResult(heard.Contains("second")));
        Assert.Contains("", heard);

        await subscription.DisposeAsync();
        Assert.Equal("0", await server.AskAsync("PUBLISH news third", Cancel));
        Assert.Null(await client.GetAsync("still:there"));
    }

    [Fact]
    public async Task Messages_between_replies_confuse_nobody()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var client = await Clients.OpenAsync(server);
        var count = 0;
        await using var subscription = await client.SubscribeAsync(
            "noise"u8.ToArray(), message => count += message.IsEmpty ? 0 : 1, Cancel);

        for (var turn = 0; turn < 500; turn++)
        {
            using var reply = await client.SendAsync(
                client.Create("PUBLISH"u8).Add("noise"u8).Add("x"u8).Next("ECHO"u8).Add(turn), Cancel);
            Assert.Equal($"{turn}", reply.ToArray()[1].Text);
        }

        Assert.Equal(500, count);
    }
}
