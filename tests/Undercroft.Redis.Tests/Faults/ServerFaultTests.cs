using Undercroft.Servers;

namespace Undercroft.Redis.Tests.Faults;

/// <summary>One server is cut off, stopped and killed while clients write to it.</summary>
public sealed class ServerFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_that_the_server_kills_lose_nothing()
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { AppendSync = "always" }, Cancel);
        await using var store = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        await using var load = FaultLoad.Begin(store, FaultedRedis.Writers, Durability.Disk);
        for (var round = 0; round < 20; round++)
        {
            await load.MoreAsync(20);
            _ = await server.AskAsync("CLIENT KILL TYPE normal", Cancel);
            _ = await server.AskAsync("CLIENT KILL TYPE pubsub", Cancel);
        }

        var since = TimeProvider.System.GetTimestamp();
        var after = await load.WorksAgainAsync(since);

        await using var fresh = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        var tally = await load.EndAsync(fresh);
        FaultedRedis.Note("all connections killed 20 times", tally, after);
        Assert.True(after < FaultedRedis.Soon, $"Works again after {after}.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_promised_on_disk_outlives_the_server(bool isKilled)
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { AppendSync = "always" }, Cancel);
        await using var store = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        await using var load = FaultLoad.Begin(store, FaultedRedis.Writers, Durability.Disk);
        var after = TimeSpan.Zero;
        for (var round = 0; round < 3; round++)
        {
            await load.MoreAsync(100);
            await (isKilled ? server.KillAsync(Cancel) : server.StopAsync(Cancel));
            await server.StartAgainAsync(Cancel);
            after = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
            Assert.True(after < FaultedRedis.Soon, $"Works again after {after}.");
        }

        await using var fresh = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        var tally = await load.EndAsync(fresh);
        FaultedRedis.Note($"appendfsync always, {(isKilled ? "killed" : "stopped")} 3 times", tally, after);
    }

    [Fact]
    public async Task Without_a_flush_for_each_answer_only_memory_is_promised_and_the_loss_is_measured()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancel);
        await using var store = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        Assert.Equal([Durability.Memory], store.Info.DurabilityLevels);
        await using var load = FaultLoad.Begin(store, FaultedRedis.Writers, Durability.Memory);
        for (var round = 0; round < 3; round++)
        {
            await load.MoreAsync(500);
            await server.KillAsync(Cancel);
            await server.StartAgainAsync(Cancel);
            _ = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
        }

        await using var fresh = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        FaultedRedis.Note("appendfsync everysec, killed 3 times", await load.EndAsync(fresh, mayLose: true));
    }

    [Fact]
    public async Task A_server_without_a_file_begins_anew_and_its_clients_are_told()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Cancel);
        await using var store = await FaultedRedis.OpenAsync($"{server.Host}:{server.Port}");
        _ = await store.CommitAsync(new Commit(new PutOperation(new RecordKey("things", "cave"), default)), Cancel);

        await server.KillAsync(Cancel);
        await server.StartAgainAsync(Cancel);

        // Nothing is there any more, and the store says so instead of being an empty one.
        var error = await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("things", "cave"), default)), Cancel));
        Assert.Contains("its data was flushed while it was open", error.Message, StringComparison.Ordinal);
    }
}
