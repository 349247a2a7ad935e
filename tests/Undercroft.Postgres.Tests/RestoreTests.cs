using Undercroft.Jobs;
using Undercroft.Postgres.Tests.Jobs;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>A dump that is restored while a store is open: what the process knows, of tenants, indexes and revisions,
/// is of other tables.</summary>
public sealed class RestoreTests(SharedPostgres shared) : JobTest(shared)
{
    // As pg_restore --clean does: the tables are made anew, and filled with what they held.
    private const string Restore =
        "CREATE TABLE undercroft.another (LIKE undercroft.records INCLUDING ALL); "
        + "INSERT INTO undercroft.another SELECT * FROM undercroft.records; "
        + "DROP TABLE undercroft.records CASCADE; ALTER TABLE undercroft.another RENAME TO records; "
        + "SELECT setval('undercroft.revisions', 1)";

    private static readonly IndexEntry Name = new("name", new byte[] { 1 });
    private static readonly IndexEntry Only = new("only", new byte[] { 2 }, IsUnique: true);

    [Fact]
    public async Task Whatever_writes_or_reads_notices_a_dump_restored_under_it_and_a_store_opened_again_goes_on()
    {
        var store = await OpenAsync();
        var jobs = JobStore.For(store);
        var calls = Calls(store, jobs, await OpenSessionAsync(jobs));

        // Often enough for statements to be prepared, and their plans to be kept.
        for (var round = 0; round < 12; round++)
        {
            foreach (var (_, call) in calls)
            {
                await call();
            }
        }

        _ = await AskAsync(Restore);
        var before = await StateAsync();
        foreach (var (name, call) in calls.Concat(calls))
        {
            Expect(name, await Record.ExceptionAsync(call));
        }

        Assert.Equal(before, await StateAsync());
        await store.DisposeAsync();
        var opened = await OpenAsync();
        var again = JobStore.For(opened);
        foreach (var (_, call) in Calls(opened, again, await OpenSessionAsync(again)))
        {
            await call();
        }
    }

    [Fact]
    public async Task Commits_of_many_notice_it_together()
    {
        var store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => CommitAsync(store, Put($"{number}"))));
        _ = await AskAsync(Restore);

        var failures = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            number => Record.ExceptionAsync(() => CommitAsync(store, Put($"{number}"))).AsTask()));

        Assert.All(failures, failure => Expect("a commit", failure));
    }

    [Fact]
    public async Task A_commit_that_waits_for_the_restore_to_end_notices_it_too()
    {
        var store = await OpenAsync();
        Func<Task>[] calls =
        [
            () => CommitAsync(store, Put("one")),
            () => CommitAsync(store, Put("one"), Put("two")),
            () => store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Expire }, Cancel).AsTask(),
        ];
        foreach (var call in calls.Concat(calls))
        {
            await call();
        }

        await using var connection = await Source.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = Restore;
            _ = await command.ExecuteNonQueryAsync(Cancel);
        }

        var waiting = calls.Select(static call => Record.ExceptionAsync(call).AsTask()).ToList();
        while (await AskAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = "
            + "(SELECT oid FROM pg_database WHERE datname = current_database())") is not long and < 2)
        {
            Cancel.ThrowIfCancellationRequested();
        }

        await transaction.CommitAsync(Cancel);
        foreach (var failure in await Task.WhenAll(waiting))
        {
            Expect("who has waited", failure);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_leads_to_a_copy_of_the_database_is_not_used(bool hasHosts)
    {
        var store = await OpenAsync(options => options.ConnectionString =
            Server.ConnectionString(Database, hasHosts ? [Server.Port, Server.Port] : []));
        _ = await CommitAsync(store, Put("a"));

        // The tables of the copy have the same names and the same numbers.
        _ = await Server.QueryAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Database}'",
            cancellationToken: Cancel);
        _ = await Server.QueryAsync($"CREATE DATABASE copy_{Database} TEMPLATE {Database}", cancellationToken: Cancel);
        _ = await Server.QueryAsync($"ALTER DATABASE {Database} RENAME TO old_{Database}", cancellationToken: Cancel);
        _ = await Server.QueryAsync($"ALTER DATABASE copy_{Database} RENAME TO {Database}", cancellationToken: Cancel);

        Expect("a commit", await Record.ExceptionAsync(() => CommitAsync(store, Put("b"))));
        Expect("a read", await Record.ExceptionAsync(() => store.ReadAsync(Key("a"), default, Cancel).AsTask()));
        var opened = await OpenAsync();
        Assert.Null((await opened.ReadAsync(Key("b"), default, Cancel))[0]);
        _ = await CommitAsync(opened, Put("b"));
    }

    private List<(string Name, Func<Task> Call)> Calls(PostgresStore store, JobStore jobs, SessionId session)
    {
        var byName = new ScanRequest { Collection = "things", Range = ScanRange.Keys("name") };
        return
        [
            ("a put", () => CommitAsync(store, Put("one", "{}", Name))),
            ("a put without an entry", () => CommitAsync(store, Put("two"))),
            ("a commit of two", () => CommitAsync(store, Put("one"), Put("two"))),
            ("a claim of a key", () => CommitAsync(store, Put("three", "{}", Only))),
            ("a new index", () => CommitAsync(store, Put("four", "{}", Name with { Index = $"{Guid.NewGuid()}" }))),
            ("a read", () => store.ReadAsync(Key("one"), default, Cancel).AsTask()),
            ("a read of many", () => store.ReadAsync(new KeyList([Key("one"), Key("two")]), default, Cancel).AsTask()),
            ("a scan", () => store.ScanAsync(new ScanRequest { Collection = "things" }, Cancel).AsTask()),
            ("a scan of an index", () => store.ScanAsync(byName, Cancel).AsTask()),
            ("the feed", () => store.ChangesAsync(new ChangesRequest(), Cancel).AsTask()),
            .. Enum.GetValues<MaintenanceKind>().Where(static kind => kind != MaintenanceKind.Backup).Select(
                kind => ($"{kind}", (Func<Task>)(() => store.MaintainAsync(
                    new MaintenanceRequest { Kind = kind }, Cancel).AsTask()))),
            ("jobs", () => EnqueueAsync(jobs)),
            ("a heartbeat", () => jobs.HeartbeatAsync(session, new SessionUpdate(), Cancel).AsTask()),
            ("a claim", () => ClaimAsync(jobs, session)),
            ("queues", () => jobs.ListQueuesAsync(Cancel).AsTask()),
        ];
    }

    private static void Expect(string name, Exception? failure)
    {
        var refused = failure as StoreException;
        Assert.True(refused is { Kind: StoreErrorKind.Unavailable, IsTransient: false }, $"{name}: {failure}");
        Assert.Contains("its tables are others than when it was opened", refused!.Message, StringComparison.Ordinal);
        Assert.Contains("open the store again", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("22P02", refused.Message, StringComparison.Ordinal);
    }

    private async Task<string> StateAsync() => $"{await AskAsync("""
        SELECT concat_ws(' ', (SELECT count(*) FROM undercroft.records), (SELECT max(rev) FROM undercroft.records),
            (SELECT last_value FROM undercroft.revisions), (SELECT count(*) FROM undercroft.indexes),
            (SELECT count(*) FROM undercroft.jobs), (SELECT max(batch) FROM undercroft.writers))
        """)}";
}
