using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Faults;

/// <summary>A primary is killed, and a replica takes its place: what a replica had acknowledged is there.</summary>
public sealed class FailoverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_cluster_of_six_goes_on_without_a_master(int replicas)
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Cancel);
        var hosts = string.Join(',', cluster.Nodes.Select(static node => $"{node.Host}:{node.Port}"));
        await using var store = await FaultedRedis.OpenAsync(hosts, replicas);
        await using var load = FaultLoad.Begin(store, FaultedRedis.Writers, Durability.Memory);
        await load.MoreAsync(300);
        var master = (await cluster.MasterOfAsync(FaultedRedis.SlotKey, Cancel))!;
        var replica = cluster.ReplicaOf(master);

        await master.KillAsync(Cancel);
        await UntilItTakesWritesAsync(replica, $"SET {FaultedRedis.SlotKey} x");
        if (replicas > 0)
        {
            // Nobody is left for the new master's commits to wait for, until the old one is back, as its replica.
            await master.StartAgainAsync(Cancel);
            await replica.UntilAsync(
                "INFO replication",
                static answer => answer.Contains("state=online", StringComparison.Ordinal),
                Cancel);
        }

        var after = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
        await load.MoreAsync(100);

        await using var fresh = await FaultedRedis.OpenAsync(hosts, replicas);
        var tally = await load.EndAsync(fresh, mayLose: replicas == 0);
        FaultedRedis.Note($"a cluster's master killed, {replicas} replicas waited for", tally, after);
        Assert.True(after < FaultedRedis.Soon, $"Works again after {after}.");
        Assert.Contains("Failover election won", await replica.ReadLogAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Sentinels_have_a_replica_take_the_masters_place(int replicas)
    {
        await using var sentinels = await RedisSentinels.StartAsync(cancellationToken: Cancel);
        var hosts = string.Join(',', sentinels.SentinelPorts.Select(static port => $"127.0.0.1:{port}"));
        await using var store = await FaultedRedis.OpenAsync(hosts, replicas, isSentinel: true);
        await using var load = FaultLoad.Begin(store, FaultedRedis.Writers, Durability.Memory);
        await load.MoreAsync(300);
        var master = sentinels.Servers[0];

        await master.KillAsync(Cancel);
        RedisServer successor;
        do
        {
            successor = await sentinels.MasterAsync(Cancel);
        }
        while (successor == master);

        await UntilItTakesWritesAsync(successor, "SET other x");
        var after = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
        await load.MoreAsync(100);

        await using var fresh = await FaultedRedis.OpenAsync(hosts, replicas, isSentinel: true);
        var tally = await load.EndAsync(fresh, mayLose: replicas == 0);
        FaultedRedis.Note($"the Sentinels' master killed, {replicas} replicas waited for", tally, after);
        Assert.True(after < FaultedRedis.Soon, $"Works again after {after}.");
        Assert.Contains("MASTER MODE enabled", await successor.ReadLogAsync(Cancel), StringComparison.Ordinal);
    }

    private static Task UntilItTakesWritesAsync(RedisServer server, string write) =>
        server.UntilAsync(write, static answer => answer == "OK", Cancel);
}
