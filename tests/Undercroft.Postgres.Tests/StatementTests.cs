using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>How many statements each call is, as the server counts them.</summary>
public sealed class StatementTests(SharedPostgres shared) : StoreTest(shared)
{
    [Fact]
    public async Task Every_call_is_one_statement()
    {
        _ = await AskAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");

        // Nobody listens and nobody looks: what is counted is what the calls need.
        var store = await OpenAsync(static options =>
        {
            options.Listen = false;
            options.PollInterval = TimeSpan.FromHours(1);
            options.Views = true;
            options.Lanes = 1;
        });
        var entry = new IndexEntry("age", new byte[] { 1 });
        var unique = new IndexEntry("name", new byte[] { 1 }, IsUnique: true);
        _ = await CommitAsync(store, Put("warm", "{}", entry, unique), new AddOperation(Key("count"), 1));
        var cursor = (await store.ChangesAsync(new ChangesRequest(), Cancel)).Next;

        AssertOne(await CountAsync(() => CommitAsync(store, Put("a", "{}", entry))));
        AssertOne(await CountAsync(() => CommitAsync(store, Put("a", "{}", entry))));
        AssertOne(await CountAsync(() => CommitAsync(
            store, [.. Enumerable.Range(0, 100).Select(i => Put($"id{i:d3}", "{}", entry))])));
        AssertOne(await CountAsync(() => CommitAsync(
            store, Put("u", "{}", unique with { Key = new byte[] { 2 } }), new AddOperation(Key("count"), 1),
            new DeleteOperation(Key("id099")), new CheckOperation(Key("warm"), WriteCondition.Present))));
        AssertOne(await CountAsync(async () => await store.CommitAsync(
            new Commit(Put("b")) { Identity = new CommitIdentity(Guid.NewGuid(), 1), Durability = Durability.Memory },
            Cancel)));
        AssertOne(await CountAsync(async () => await store.ReadAsync(Key("a"), default, Cancel)));
        AssertOne(await CountAsync(async () => await store.ReadAsync(
            Enumerable.Range(0, 100).Select(static i => Key($"id{i:d3}")).ToArray(), default, Cancel)));
        AssertOne(await CountAsync(async () => await store.ScanAsync(
            new ScanRequest { Collection = "things" }, Cancel)));
        AssertOne(await CountAsync(async () => await store.ScanAsync(
            new ScanRequest { Collection = "things", Range = ScanRange.Keys("age") }, Cancel)));
        AssertOne(await CountAsync(async () => await store.ChangesAsync(
            new ChangesRequest { After = cursor, Limit = 1000 }, Cancel)));
    }

    [Fact]
    public async Task Commits_that_wait_share_a_statement()
    {
        _ = await AskAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        var store = await OpenAsync(static options =>
        {
            options.Listen = false;
            options.PollInterval = TimeSpan.FromHours(1);
            options.Lanes = 1;
        });
        _ = await CommitAsync(store, Put("warm"));

        // The lane is held up by a row that somebody has locked; all that comes meanwhile waits together.
        await using var holder = await Source.OpenConnectionAsync(Cancel);
        Assert.Equal(1, await AskAsync("SELECT 1"));
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await using (var command = holder.CreateCommand())
        {
            command.CommandText = "SELECT 1 FROM undercroft.records WHERE id = 'warm' FOR UPDATE";
            _ = await command.ExecuteScalarAsync(Cancel);
        }

        Task<CommitResult>[] together = [];
        var first = Task.CompletedTask;
        var counted = await CountAsync(async () =>
        {
            first = CommitAsync(store, Put("warm"));
            together = [.. Enumerable.Range(0, 50).Select(i => CommitAsync(store, Put($"id{i}")))];
            await transaction.RollbackAsync(Cancel);
            await first;
            _ = await Task.WhenAll(together);
        });

        // The held one and all others in one, beside the end of the holder's transaction.
        Assert.True(
            counted.Count(static one => one.Contains("writers", StringComparison.Ordinal) ||
                one.Contains("commit_v3", StringComparison.Ordinal)) == 2,
            string.Join("\n", counted));
        Assert.Equal(50, together.Select(static one => one.Result.Revision).Distinct().Count());
    }

    // The counts of a server that others use are forgotten when there are too many.
    protected override async Task<PostgresServer> ServerAsync(SharedPostgres servers)
    {
        var server = await PostgresServer.StartAsync(cancellationToken: Cancel);
        Own(server);
        return server;
    }

    private static void AssertOne(IReadOnlyList<string> statements) => Assert.True(
        statements.Count == 1, $"{statements.Count} statements instead of one:\n{string.Join("\n", statements)}");

    // Each statement as often as it was called; the test's own pool discards what its sessions have left.
    private async Task<IReadOnlyList<string>> CountAsync(Func<Task> call)
    {
        _ = await AskAsync(
            "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)");
        await call();
        return (string[])(await AskAsync("""
            SELECT coalesce(array_agg(s.query), '{}') FROM pg_stat_statements s, generate_series(1, s.calls)
            WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND s.query NOT LIKE '%pg_stat_statements%' AND s.query <> 'DISCARD ALL'
            """))!;
    }
}
