using System.Text;
using Undercroft.Redis.Client;
using Undercroft.Redis.Tests.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Faults;

/// <summary>The slot of a store moves to another node of a cluster while the store is in use: commits wait, none is
/// carried out on the half of it that a node has.</summary>
public sealed class SlotMoveTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_commit_is_carried_out_on_a_part_of_the_store()
    {
        await using var cluster = await RedisCluster.StartAsync(cancellationToken: Cancel);
        var source = (await cluster.MasterOfAsync(FaultedRedis.SlotKey, Cancel))!;
        var target = cluster.Nodes.Take(3).First(node => node != source);
        await using var from = await DirectAsync(source);
        await using var to = await DirectAsync(target);
        await using var patient = await OpenAsync(source, Clients.Patience);
        await using var hasty = await OpenHastyAsync(source);
        _ = await patient.CommitAsync(Put("one"), Cancel);
        var slot = HashSlot.Of(Encoding.UTF8.GetBytes(FaultedRedis.StoreName));
        var (sourceId, targetId) = (await source.AskAsync("CLUSTER MYID", Cancel),
            await target.AskAsync("CLUSTER MYID", Cancel));
        _ = await target.AskAsync($"CLUSTER SETSLOT {slot} IMPORTING {sourceId}", Cancel);
        _ = await source.AskAsync($"CLUSTER SETSLOT {slot} MIGRATING {targetId}", Cancel);

        // The feed has left and the row is still here; then the row has left too and the records are still here.
        foreach (var part in new[] { "f", "m" })
        {
            await MoveAsync(from, target, Encoding.UTF8.GetBytes($"uc:{FaultedRedis.SlotKey}:{part}"));
            var kept = (await KeysAsync(from, slot), await KeysAsync(to, slot));

            var error = await Assert.ThrowsAsync<StoreException>(
                async () => await hasty.CommitAsync(Put($"never-{part}"), Cancel));

            Assert.Equal((StoreErrorKind.Unavailable, true), (error.Kind, error.IsTransient));
            Assert.Contains("hash slot", error.Message, StringComparison.Ordinal);
            Assert.Equal(kept, (await KeysAsync(from, slot), await KeysAsync(to, slot)));
            Assert.NotNull((await hasty.ReadAsync(Key("one"), cancellationToken: Cancel))[0]);
            _ = await Assert.ThrowsAsync<StoreException>(
                async () => await hasty.ChangesAsync(new ChangesRequest(), Cancel));
        }

        var waiting = patient.CommitAsync(Put("three"), Cancel);
        using (var left = await from.SendAsync(
            from.Create("CLUSTER"u8).Add("GETKEYSINSLOT"u8).Add(slot).Add(1000), Cancel))
        {
            foreach (var key in left.ToArray())
            {
                await MoveAsync(from, target, key.Bytes.ToArray());
            }
        }

        foreach (var node in (RedisServer[])[target, source, .. cluster.Nodes.Take(3).Except([source, target])])
        {
            _ = await node.AskAsync($"CLUSTER SETSLOT {slot} NODE {targetId}", Cancel);
        }

        Assert.True((await waiting).IsCommitted);
        await using var fresh = await OpenAsync(target, Clients.Patience);
        Assert.True((await fresh.CommitAsync(Put("four"), Cancel)).IsCommitted);
        var page = await fresh.ScanAsync(new ScanRequest { Collection = "things" }, Cancel);
        Assert.Equal(["four", "one", "three", "two"], page.Items.Select(static item => item.Record.Key.Id));
        var report = await fresh.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(report.Problems);
    }

    private static async Task MoveAsync(RedisClient from, RedisServer to, byte[] key)
    {
        using var reply = await from.SendAsync(
            from.Create("MIGRATE"u8).Add(to.Host).Add(to.Port).Add(key).Add(0).Add(60_000), Cancel);
        Assert.Equal("OK", reply.Text);
    }

    private static async Task<long> KeysAsync(RedisClient node, int slot)
    {
        using var count = await node.SendAsync(
            node.Create("CLUSTER"u8).Add("COUNTKEYSINSLOT"u8).Add(slot), Cancel);
        return count.Int64;
    }

    // One that gives up soon; on a busy machine it may do so while it is opened.
    private static async Task<IStore> OpenHastyAsync(RedisServer node)
    {
        using var limit = new CancellationTokenSource(Clients.Patience);
        while (true)
        {
            IStore? store = null;
            try
            {
                store = await OpenAsync(node, TimeSpan.FromSeconds(1));
                _ = await store.CommitAsync(Put("two"), Cancel);
                return store;
            }
            catch (StoreException) when (!limit.IsCancellationRequested)
            {
                if (store is not null)
                {
                    await store.DisposeAsync();
                }
            }
        }
    }

    private static Task<RedisClient> DirectAsync(RedisServer node) => Clients.OpenAsync(
        $"redis://{node.Host}:{node.Port}", static options => options.Topology = RedisTopologyKind.Single);

    private static async Task<IStore> OpenAsync(RedisServer node, TimeSpan serverTimeout) => await RedisStore.OpenAsync(
        new RedisStoreOptions
        {
            Hosts = FormattableString.Invariant($"{node.Host}:{node.Port}"),
            StoreName = FaultedRedis.StoreName,
            ServerTimeout = serverTimeout,
        },
        cancellationToken: Cancel);

    private static Commit Put(string id) => new(new PutOperation(Key(id), "x"u8.ToArray()));

    private static RecordKey Key(string id) => new("things", id);
}
