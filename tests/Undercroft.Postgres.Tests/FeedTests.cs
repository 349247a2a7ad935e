using System.Diagnostics.Metrics;
using Npgsql;
using Undercroft.Archives;
using Undercroft.Copies;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>What is special about the feed on a server: the horizon, restored dumps, and the word of other processes.
/// </summary>
public sealed class FeedTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task What_is_committed_above_the_horizon_comes_when_the_older_transaction_has_ended()
    {
        // A server of its own: its horizon is everybody's.
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        var options = TestStores.Options(server.Address(), "default");
        options.HorizonWait = TimeSpan.Zero;
        await using var store = await PostgresStore.OpenAsync(options, cancellationToken: Cancel);
        _ = await CommitAsync(store, Put("before"));
        var cursor = await EndAsync(store);
        await using var source = NpgsqlDataSource.Create(options.ConnectionString);
        await using var idle = await source.OpenConnectionAsync(Cancel);
        await using var transaction = await idle.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand("SELECT pg_current_xact_id()::text", idle))
        {
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        _ = await CommitAsync(store, Put("after"));
        var held = await store.ChangesAsync(new ChangesRequest { After = cursor }, Cancel);
        var now = await store.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Cancel);
        var lag = Lag();
        await transaction.RollbackAsync(Cancel);
        var free = await UntilAsync(store, held.Next);

        Assert.Empty(held.Changes);
        Assert.Equal((held.Next, held.HeldBack), (now.Next, now.HeldBack));
        Assert.Contains("pg_stat_activity", held.HeldBack!.Reason, StringComparison.Ordinal);
        var written = (await store.ReadAsync(Key("after"), default, Cancel))[0]!.UpdatedAt;
        Assert.Equal(written, held.HeldBack.Since, TimeSpan.FromSeconds(10));
        Assert.Null(free.HeldBack);
        Assert.True(lag >= 0, $"The lag is {lag} s.");
        Assert.Equal("after", Assert.Single(free.Changes).Key.Id);
        Assert.Equal("after", (await store.ReadAsync(Key("after"), default, Cancel))[0]!.Key.Id);
    }

    [Fact]
    public async Task A_copy_and_an_archive_bring_what_an_older_transaction_of_another_database_holds_back()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        var options = TestStores.Options(server.Address(await server.CreateDatabaseAsync(Cancel)), "default");
        options.HorizonWait = TimeSpan.Zero;
        await using var store = await PostgresStore.OpenAsync(options, cancellationToken: Cancel);
        await using var target = new MemoryStore();
        _ = await CommitAsync(store, Put("old"));
        await using var source = NpgsqlDataSource.Create(
            TestStores.Options(server.Address(), "default").ConnectionString);
        await using var idle = await source.OpenConnectionAsync(Cancel);
        await using var transaction = await idle.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand("SELECT pg_current_xact_id()::text", idle))
        {
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        _ = await CommitAsync(store, Put("old"), Put("new"));
        var impatient = new HeldBackWait { WaitMax = TimeSpan.Zero };
        var report = await new StoreCopy(store, target, new StoreCopyOptions { HeldBack = impatient })
            .RunAsync(cancellationToken: Cancel);
        var archived = await StoreArchive.WriteAsync(
            store, new MemoryStream(), new ArchiveOptions { HeldBack = impatient }, cancellationToken: Cancel);

        Assert.True(report.HasCaughtUp);
        Assert.Equal(2, archived.Records);
        Assert.True((await StoreComparison.CompareAsync(store, target, cancellationToken: Cancel)).AreEqual);

        // More than a page holds: then they wait, and are told for what.
        _ = await CommitAsync(store, [.. Enumerable.Range(0, 40).Select(static i => Put($"id{i}"))]);
        _ = await CommitAsync(store, [.. Enumerable.Range(0, 40).Select(static i => Put($"more{i}"))]);
        var small = new StoreCopyOptions { BatchSize = 10, HeldBack = impatient };
        var refused = await Assert.ThrowsAsync<StoreException>(
            () => new StoreCopy(store, target, small).RunAsync(cancellationToken: Cancel));
        var waiting = new TaskCompletionSource<CopyReport>();
        var copying = new StoreCopy(store, target, new StoreCopyOptions { BatchSize = 10 })
            .RunAsync(new Told(waiting), Cancel);
        var held = await waiting.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        await transaction.RollbackAsync(Cancel);

        Assert.Contains("pg_stat_activity", refused.Message, StringComparison.Ordinal);
        Assert.False(held.HeldBack is null);
        Assert.True((await copying).HasCaughtUp);
        Assert.True((await StoreComparison.CompareAsync(store, target, cancellationToken: Cancel)).AreEqual);
    }

    [Fact]
    public async Task A_page_that_shows_what_is_held_back_stays_before_it()
    {
        var store = await OpenAsync(static options => options.HorizonWait = TimeSpan.Zero);
        _ = await CommitAsync(store, Put("a"));
        var end = await EndAsync(store);
        await using var idle = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await idle.BeginTransactionAsync(Cancel);
        await using (var command = new NpgsqlCommand("SELECT pg_current_xact_id()::text", idle))
        {
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        _ = await CommitAsync(store, Put("b"));
        _ = await CommitAsync(store, Put("a"));
        var request = new ChangesRequest { After = end, ShowsHeldBack = true };
        var whole = await store.ChangesAsync(request, Cancel);
        var again = await store.ChangesAsync(request with { After = whole.Next }, Cancel);
        var cut = await store.ChangesAsync(request with { Limit = 1 }, Cancel);
        await transaction.RollbackAsync(Cancel);
        var free = await UntilAsync(store, whole.Next);

        Assert.Equal(["b", "a"], whole.Changes.Select(static change => change.Key.Id));
        Assert.Equal((false, null), (whole.HasMore, whole.HeldBack));
        Assert.Equal(["b", "a"], again.Changes.Select(static change => change.Key.Id));
        Assert.Equal((0, false), (cut.Changes.Count, cut.HasMore));
        Assert.NotNull(cut.HeldBack);
        Assert.Equal(["b", "a"], free.Changes.Select(static change => change.Key.Id));
    }

    [Fact]
    public async Task A_store_that_came_by_a_dump_has_a_new_epoch_and_goes_on_from_its_revisions()
    {
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("a"));
        var last = (await CommitAsync(store, Put("b"))).Revision;
        var cursor = (await store.ChangesAsync(new ChangesRequest(), Cancel)).Next;
        var epoch = store.Info.Epoch;
        await store.DisposeAsync();

        // What a restored dump is: transactions of another server, far ahead, and a sequence that lags behind.
        _ = await AskAsync("UPDATE undercroft.tenants SET home = 'another server'");
        _ = await AskAsync("UPDATE undercroft.records SET xid = '1000000000'");
        _ = await AskAsync("SELECT setval('undercroft.revisions', 1)");
        var looking = await OpenAsync(static options => options.ReadOnly = true);
        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await looking.ChangesAsync(new ChangesRequest { After = cursor }, Cancel));
        Assert.Contains("came here by a dump", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(async () => await looking.WaitAsync(cursor, Cancel));
        var restored = await OpenAsync();

        Assert.NotEqual(epoch, restored.Info.Epoch);
        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await restored.ChangesAsync(new ChangesRequest { After = cursor }, Cancel));
        var page = await restored.ChangesAsync(new ChangesRequest(), Cancel);
        Assert.Equal(["a", "b"], page.Changes.Select(static change => change.Key.Id));
        Assert.True((await CommitAsync(restored, Put("c"))).Revision.CompareTo(last) > 0);
        var next = await restored.ChangesAsync(new ChangesRequest { After = page.Next }, Cancel);
        Assert.Equal("c", Assert.Single(next.Changes).Key.Id);
        Assert.Empty((await restored.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel)).Problems);
    }

    [Fact]
    public async Task A_dump_that_is_restored_under_a_process_ends_its_cursors()
    {
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("a"));
        var cursor = (await store.ChangesAsync(new ChangesRequest(), Cancel)).Next;
        _ = await CommitAsync(store, Put("b"));
        _ = Assert.Single((await store.ChangesAsync(new ChangesRequest { After = cursor }, Cancel)).Changes);

        // As pg_restore --clean does: the tables are made anew, and filled with what they held.
        _ = await AskAsync(
            "CREATE TABLE undercroft.another (LIKE undercroft.records INCLUDING ALL); "
            + "INSERT INTO undercroft.another SELECT * FROM undercroft.records; "
            + "ALTER TABLE undercroft.records RENAME TO old; ALTER TABLE undercroft.another RENAME TO records");

        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await store.ChangesAsync(new ChangesRequest { After = cursor }, Cancel));
        _ = await Assert.ThrowsAsync<CursorExpiredException>(async () => await store.WaitAsync(cursor, Cancel));

        // Who begins anew is told what to do.
        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await store.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Cancel));
        Assert.Contains("open the store again", refused.Message, StringComparison.Ordinal);
        await store.DisposeAsync();
        var opened = await OpenAsync();
        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await opened.ChangesAsync(new ChangesRequest { After = cursor }, Cancel));
        Assert.Equal(2, (await opened.ChangesAsync(new ChangesRequest(), Cancel)).Changes.Count);
    }

    [Fact]
    public async Task A_copy_of_the_database_is_another_store()
    {
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("a"));
        var cursor = (await store.ChangesAsync(new ChangesRequest(), Cancel)).Next;
        await store.DisposeAsync();
        _ = await Server.QueryAsync($"CREATE DATABASE copy_{Database} TEMPLATE {Database}", cancellationToken: Cancel);

        await using var copy = await PostgresStore.OpenAsync(
            TestStores.Options(Server.Address($"copy_{Database}"), "default"), cancellationToken: Cancel);

        Assert.NotEqual(store.Info.Epoch, copy.Info.Epoch);
        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await copy.ChangesAsync(new ChangesRequest { After = cursor }, Cancel));
        Assert.Equal(store.Info.Epoch, (await OpenAsync()).Info.Epoch);
    }

    [Fact]
    public async Task Cursors_of_a_lost_primary_that_saw_what_its_successor_has_not_expire()
    {
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("a"));
        var before = await EndAsync(store);
        _ = await CommitAsync(store, Put("lost"));
        var after = await EndAsync(store);

        // As a client notes it that comes to the successor first: it knows no transaction after the first commit's.
        _ = await AskAsync("""
            INSERT INTO undercroft.segments (timeline, start)
            SELECT 'FFFFFFFF', max(xid::text)::xid8 FROM undercroft.records WHERE id = 'lost'
            """);

        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await store.ChangesAsync(new ChangesRequest { After = after }, Cancel));
        Assert.Equal(
            "lost",
            Assert.Single((await store.ChangesAsync(new ChangesRequest { After = before }, Cancel)).Changes).Key.Id);
    }

    [Fact]
    public async Task Another_process_is_heard_of_by_the_servers_word()
    {
        var first = await OpenAsync(static options => options.PollInterval = TimeSpan.FromHours(1));
        var second = await OpenAsync(static options => options.PollInterval = TimeSpan.FromHours(1));
        _ = await CommitAsync(first, Put("a"));

        for (var round = 0; round < 5; round++)
        {
            var cursor = await EndAsync(first);
            var waiting = first.WaitAsync(cursor, Cancel).AsTask();
            _ = await CommitAsync(second, Put("a", $"{round}"));
            await waiting.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
            _ = Assert.Single((await first.ChangesAsync(new ChangesRequest { After = cursor }, Cancel)).Changes);
        }
    }

    [Fact]
    public async Task A_follower_whose_connection_is_ended_still_hears()
    {
        var first = await OpenAsync(static options => options.PollInterval = TimeSpan.FromMilliseconds(100));
        var second = await OpenAsync();
        _ = await CommitAsync(first, Put("a"));
        var cursor = await EndAsync(first);
        var waiting = first.WaitAsync(cursor, Cancel).AsTask();

        _ = await AskAsync(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity " +
            "WHERE datname = current_database() AND pid <> pg_backend_pid()");
        _ = await CommitAsync(second, Put("b"));

        await waiting.WaitAsync(TimeSpan.FromMinutes(1), Cancel);
    }

    private static async Task<FeedCursor> EndAsync(PostgresStore store) =>
        (await store.ChangesAsync(new ChangesRequest { Limit = 1000 }, Cancel)).Next;

    private static async Task<ChangePage> UntilAsync(PostgresStore store, FeedCursor after)
    {
        for (var tries = 0; tries < 10_000; tries++)
        {
            var page = await store.ChangesAsync(new ChangesRequest { After = after }, Cancel);
            if (page.Changes.Count > 0)
            {
                return page;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        throw new InvalidOperationException("The change does not come.");
    }

    private static double Lag()
    {
        var found = -1.0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, me) =>
        {
            if (instrument.Name == PostgresDiagnostics.FeedHorizonLag)
            {
                me.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => found = Math.Max(found, value));
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }

    /// <summary>Tells of the first report that something is held back.</summary>
    private sealed class Told(TaskCompletionSource<CopyReport> held) : IProgress<CopyReport>
    {
        public void Report(CopyReport value) => _ = value.HeldBack is not null && held.TrySetResult(value);
    }
}
