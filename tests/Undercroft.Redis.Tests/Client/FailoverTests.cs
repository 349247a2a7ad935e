using System.Globalization;
using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Client;

/// <summary>Servers that take over from each other, and slots that move.</summary>
public sealed class FailoverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sentinels_are_asked_who_leads_and_asked_again_when_that_changes()
    {
        await using var sentinels = await RedisSentinels.StartAsync(cancellationToken: Cancel);
        var hosts = string.Join(',', sentinels.SentinelPorts.Select(static port => $"127.0.0.1:{port}"));
        await using var client = await Clients.OpenAsync($"redis+sentinel://{hosts}/{RedisSentinels.MasterName}");
        var first = await sentinels.MasterAsync(Cancel);
        await client.SetAsync("k", "before");
        using (var replicated = await client.SendAsync(
            client.Create("SET"u8).AddKey("k"u8).Add("light"u8).Next("WAIT"u8).Add(1).Add(60_000), Cancel))
        {
            Assert.InRange(replicated.ToArray()[1].Int64, 1, 2);
        }

        await first.KillAsync(Cancel);

        Assert.Equal("light", await client.GetAsync("k").WaitAsync(Clients.Patience, Cancel));
        Assert.Equal(1, await client.IncrAsync("count").WaitAsync(Clients.Patience, Cancel));
        Assert.Contains("+switch-master", await sentinels.ReadLogAsync(Cancel), StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<RedisException>(
            () => Clients.OpenAsync($"redis+sentinel://{hosts}/elsewhere"));
        Assert.Contains("knows no primary named 'elsewhere'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_is_followed_through_moving_slots_and_the_death_of_a_master()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Cancel);
        var any = cluster.AnyRunning();
        await using var client = await Clients.OpenAsync($"redis://{any.Host}:{any.Port}");
        Assert.Equal("cluster", client.Server.Mode);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.SetAsync($"k{i}", $"{i}")));
        Assert.Equal("77", await client.GetAsync("k77"));

        var crossed = await Assert.ThrowsAsync<RedisException>(
            async () => await client.SendAsync(client.Create("MGET"u8).AddKey("k1"u8).AddKey("k2"u8), Cancel));
        Assert.Equal(RedisFailure.CrossSlot, crossed.Failure);
        Assert.Contains("give them one hash tag", crossed.Message, StringComparison.Ordinal);

        await MoveUnderLoadAsync(cluster, client);
        await HearShardAsync(cluster, client);
        await LoseMasterAsync(cluster, client);
    }

    private static async Task MoveUnderLoadAsync(RedisCluster cluster, RedisClient client)
    {
        var source = (await cluster.MasterOfAsync("{vault}", Cancel))!;
        var target = cluster.Nodes.Take(3).First(node => node != source);
        var slot = HashSlot.Of("vault"u8);
        using var ending = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(caller => Task.Run(
            async () =>
            {
                var count = 0L;
                while (!ending.IsCancellationRequested)
                {
                    Assert.Equal(++count, await client.IncrAsync($"{{vault}}:{caller}").ConfigureAwait(false));
                }

                return count;
            },
            Cancel)).ToArray();
        await client.SetAsync("{vault}:still", "light");

        var sourceId = await source.AskAsync("CLUSTER MYID", Cancel);
        var targetId = await target.AskAsync("CLUSTER MYID", Cancel);
        _ = await target.AskAsync($"CLUSTER SETSLOT {slot} IMPORTING {sourceId}", Cancel);
        _ = await source.AskAsync($"CLUSTER SETSLOT {slot} MIGRATING {targetId}", Cancel);
        var keys = Enumerable.Range(0, 4).Select(static caller => $"{{vault}}:{caller}").Append("{vault}:still");
        foreach (var key in keys)
        {
            _ = await source.AskAsync(["MIGRATE", target.Host, $"{target.Port}", key, "0", "60000"], Cancel);
        }

        // It has moved, and the map does not say so yet: the source says whom to ask.
        Assert.Equal("light", await client.GetAsync("{vault}:still").WaitAsync(Clients.Patience, Cancel));
        foreach (var node in (RedisServer[])[target, source, .. cluster.Nodes.Take(3).Except([source, target])])
        {
            _ = await node.AskAsync($"CLUSTER SETSLOT {slot} NODE {targetId}", Cancel);
        }

        Assert.Equal("light", await client.GetAsync("{vault}:still").WaitAsync(Clients.Patience, Cancel));
        await ending.CancelAsync();
        var counts = await Task.WhenAll(callers).WaitAsync(Clients.Patience, Cancel);
        for (var caller = 0; caller < counts.Length; caller++)
        {
            Assert.Equal(
                counts[caller].ToString(CultureInfo.InvariantCulture), await client.GetAsync($"{{vault}}:{caller}"));
        }
    }

    private static async Task HearShardAsync(RedisCluster cluster, RedisClient client)
    {
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = await client.SubscribeAsync(
            "{vault}news"u8.ToArray(),
            message => heard.TrySetResult(System.Text.Encoding.UTF8.GetString(message.Span)),
            Cancel);
        (await client.SendAsync(client.Create("SPUBLISH"u8).AddKey("{vault}news"u8).Add("hello"u8), Cancel)).Dispose();

        Assert.Equal("hello", await heard.Task.WaitAsync(Clients.Patience, Cancel));
        Assert.NotEmpty(cluster.Nodes);
    }

    private static async Task LoseMasterAsync(RedisCluster cluster, RedisClient client)
    {
        var master = (await cluster.MasterOfAsync("{lost}", Cancel))!;
        using (var replicated = await client.SendAsync(
            client.Create("SET"u8).AddKey("{lost}"u8).Add("light"u8).Next("WAIT"u8).Add(1).Add(60_000), Cancel))
        {
            Assert.Equal(1, replicated.ToArray()[1].Int64);
        }

        await master.KillAsync(Cancel);

        Assert.Equal("light", await client.GetAsync("{lost}").WaitAsync(Clients.Patience, Cancel));
        Assert.Equal(1, await client.IncrAsync("{lost}count").WaitAsync(Clients.Patience, Cancel));
    }
}
