using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>One server is cut off, stopped and killed while clients write to it.</summary>
public sealed class ServerFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_that_the_server_ends_lose_nothing()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        await using var load = FaultLoad.Begin(store, FaultedPostgres.Writers, store.Info.DefaultDurability);
        for (var round = 0; round < 20; round++)
        {
            await load.MoreAsync(20);
            _ = await server.QueryAsync(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                + "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
                cancellationToken: Cancel);
        }

        var after = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());

        await using var fresh = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        var tally = await load.EndAsync(fresh);
        FaultedPostgres.Note("all connections ended 20 times", tally, after);
        Assert.True(after < FaultedPostgres.Soon, $"Works again after {after}.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_promised_outlives_the_server(bool isKilled)
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        await using var load = FaultLoad.Begin(store, FaultedPostgres.Writers, store.Info.DefaultDurability);
        var after = TimeSpan.Zero;
        for (var round = 0; round < 3; round++)
        {
            await load.MoreAsync(100);
            await (isKilled ? server.KillAsync(Cancel) : server.StopAsync(Cancel));
            await server.StartAgainAsync(Cancel);
            after = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
            Assert.True(after < FaultedPostgres.Soon, $"Works again after {after}.");
        }

        await using var fresh = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        var tally = await load.EndAsync(fresh);
        FaultedPostgres.Note($"the server {(isKilled ? "killed" : "stopped")} 3 times", tally, after);
    }

    [Fact]
    public async Task In_memory_alone_nothing_is_promised_and_the_loss_is_measured()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        await using var load = FaultLoad.Begin(store, FaultedPostgres.Writers, Durability.Memory);
        for (var round = 0; round < 3; round++)
        {
            await load.MoreAsync(500);
            await server.KillAsync(Cancel);
            await server.StartAgainAsync(Cancel);
            _ = await load.WorksAgainAsync(TimeProvider.System.GetTimestamp());
        }

        await using var fresh = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        FaultedPostgres.Note("level memory, the server killed 3 times", await load.EndAsync(fresh, mayLose: true));
    }
}
