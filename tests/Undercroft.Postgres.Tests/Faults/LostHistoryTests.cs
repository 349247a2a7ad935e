using Undercroft.Servers;

namespace Undercroft.Postgres.Tests.Faults;

/// <summary>A server that has lost commits: who has seen them is told, what comes after is shown, and no revision is
/// given out twice (decision 96).</summary>
public sealed class LostHistoryTests
{
    private const string Things = "things";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crash_that_loses_commits_is_noticed_by_whoever_has_seen_them()
    {
        // Nothing is written that nobody waits for.
        await using var server = await PostgresServer.StartAsync(
            new PostgresServerOptions { Settings = ["wal_writer_delay = 10s", "autovacuum = off"] }, Cancel);
        FeedCursor kept, lost;
        Revision last;
        await using (var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres")))
        {
            _ = await PutAsync(store, "kept");
            kept = await EndAsync(store);
            last = default;
            for (var i = 0; i < 5; i++)
            {
                last = await PutAsync(store, $"lost{i}", Durability.Memory);
            }

            lost = await EndAsync(store);
            await server.KillAsync(Cancel);
        }

        await server.StartAgainAsync(Cancel);
        await using var after = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        Assert.Null((await after.ReadAsync(new RecordKey(Things, "lost4"), cancellationToken: Cancel))[0]);
        await AssertGoesOnAsync(after, kept, lost, last);
    }

    [Fact]
    public async Task A_standby_that_takes_over_too_early_is_noticed_by_whoever_has_seen_more()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var standby = await server.StartStandbyAsync("late", isSynchronous: false, Cancel);
        FeedCursor kept, lost;
        Revision last;
        await using (var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres")))
        {
            _ = await PutAsync(store, "kept");
            kept = await EndAsync(store);
            await CatchUpAsync(server, standby);
            await standby.StopAsync(Cancel);
            last = await PutAsync(store, "lost");
            lost = await EndAsync(store);
            await server.KillAsync(Cancel);
        }

        await standby.StartAgainAsync(Cancel);
        await standby.PromoteAsync(Cancel);
        await using var after = await FaultedPostgres.OpenAsync(standby.ConnectionString("postgres"));
        Assert.Null((await after.ReadAsync(new RecordKey(Things, "lost"), cancellationToken: Cancel))[0]);
        await AssertGoesOnAsync(after, kept, lost, last);
    }

    [Fact]
    public async Task A_server_that_was_shut_down_in_order_goes_on_where_it_was()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        await using var store = await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"));
        var before = await PutAsync(store, "a");
        var cursor = await EndAsync(store);

        await server.StopAsync(Cancel);
        await server.StartAgainAsync(Cancel);

        Assert.InRange((await PutAsync(store, "b")).Value, before.Value + 1, before.Value + 100);
        Assert.Equal(["b"], await ShownAsync(store, cursor));
        Assert.Equal("1", await SegmentsAsync(server));
    }

    [Fact]
    public async Task Many_who_come_after_a_crash_begin_one_segment()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            async _ => await FaultedPostgres.OpenAsync(server.ConnectionString("postgres"))));
        _ = await Task.WhenAll(stores.Select(static store => PutAsync(store, "a")));
        await server.KillAsync(Cancel);
        await server.StartAgainAsync(Cancel);

        _ = await Task.WhenAll(stores.Select(static store => PutAsync(store, "b")));

        Assert.Equal("2", await SegmentsAsync(server));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    // What was shown before the loss goes on, and shows all that comes; what has seen the lost ends.
    private static async Task AssertGoesOnAsync(IStore store, FeedCursor kept, FeedCursor lost, Revision last)
    {
        // Also before anybody has committed.
        _ = await Assert.ThrowsAsync<CursorExpiredException>(() => ShownAsync(store, lost));
        var expected = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var revision = await PutAsync(store, $"next{i}");
            Assert.True(revision.Value > last.Value, $"{revision} is not beyond the lost {last}.");
            expected.Add($"next{i}");
        }

        Assert.Equal(expected, await ShownAsync(store, kept));
        _ = await Assert.ThrowsAsync<CursorExpiredException>(() => ShownAsync(store, lost));
        Assert.Equal(expected[^1..], await ShownAsync(store, await EndAsync(store), $"{expected[^1]}"));
    }

    private static async Task<string[]> ShownAsync(IStore store, FeedCursor after, string? put = null)
    {
        if (put is not null)
        {
            _ = await PutAsync(store, put);
        }

        var page = await store.ChangesAsync(new ChangesRequest { After = after, Limit = 100 }, Cancel);
        return [.. page.Changes.Select(static change => change.Key.Id)];
    }

    private static async Task<Revision> PutAsync(IStore store, string id, Durability? level = null)
    {
        var result = await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey(Things, id), "{}"u8.ToArray())) { Durability = level }, Cancel);
        Assert.True(result.IsCommitted);
        return result.Revision;
    }

    private static async Task<FeedCursor> EndAsync(IStore store) =>
        (await store.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Cancel)).Next;

    private static Task<string> SegmentsAsync(PostgresServer server) =>
        server.QueryAsync("SELECT count(*) FROM undercroft.history", cancellationToken: Cancel);

    private static async Task CatchUpAsync(PostgresServer server, PostgresServer standby)
    {
        var place = await server.QueryAsync("SELECT pg_current_wal_lsn()", cancellationToken: Cancel);
        while (await standby.QueryAsync(
            $"SELECT pg_last_wal_replay_lsn() >= '{place}'", cancellationToken: Cancel) != "t")
        {
            await Task.Yield();
        }
    }
}
