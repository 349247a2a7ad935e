using System.Buffers.Binary;
using System.Buffers.Text;
using Undercroft.Postgres.Schema;
using Undercroft.Postgres.Writing;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>The schema is made once, brought up to date once, and serves clients of both versions meanwhile.</summary>
public sealed class SchemaTests(SharedPostgres shared) : StoreTest(shared)
{
    private static readonly int Latest = SchemaSteps.All[^1].Version;

    private static readonly Migration Addition = new(
        Latest + 1, 1,
        "ALTER TABLE {s}.records ADD COLUMN extra int; " +
        "CREATE FUNCTION {s}.two() RETURNS int LANGUAGE sql AS 'SELECT 2';");

    private static readonly Migration Break = new(Latest + 1, Latest + 1, "CREATE TABLE {s}.broken (t int);");

    [Fact]
    public async Task Many_that_open_at_once_make_one_store()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(static options =>
        {
            options.ConnectionsMax = 2;
        })));

        _ = Assert.Single(stores.Select(static store => store.Info.Epoch).Distinct());
        Assert.Equal(Latest, await AskAsync("SELECT count(*)::int FROM undercroft.schema_version"));
        for (var i = 0; i < stores.Length; i++)
        {
            _ = await CommitAsync(stores[i], Put($"id{i}"));
        }

        Assert.Equal(8, (await stores[0].ScanAsync(new ScanRequest { Collection = "things" }, Cancel)).Items.Count);
    }

    [Fact]
    public async Task Old_and_new_clients_work_side_by_side()
    {
        var old = await OpenAsync();
        _ = await CommitAsync(old, Put("a", "1"));

        await using var young = await PostgresStore.OpenAsync(Options(), [.. SchemaSteps.All, Addition], null, Cancel);
        _ = await CommitAsync(young, Put("b", "2"), new AddOperation(Key("n"), 1));
        _ = await CommitAsync(old, Put("c", "3"), new AddOperation(Key("n"), 1));
        var late = await OpenAsync();

        Assert.Equal(2, await AskAsync("SELECT undercroft.two()"));
        Assert.Equal(
            ["a", "b", "c", "n"],
            (await late.ScanAsync(new ScanRequest { Collection = "things" }, Cancel)).Items
                .Select(static item => item.Record.Key.Id));
        var report = await late.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task A_cursor_of_before_the_segments_goes_on_after_them()
    {
        await using (await PostgresStore.OpenAsync(Options(), [SchemaSteps.All[0]], null, Cancel))
        {
        }

        Assert.Equal(0, await CommitAsFirstAsync(Guid.NewGuid(), 1, Put("a", "1")));
        var (xid, rev) = ((ulong)(await AskAsync("SELECT xid FROM undercroft.records"))!,
            (long)(await AskAsync("SELECT rev FROM undercroft.records"))!);
        var store = await OpenAsync();
        _ = await CommitAsync(store, Put("b", "2"));

        // As version 1 wrote it: the timeline alone.
        var bytes = new byte[52];
        _ = store.Info.Epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), 1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(20), xid);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(28), rev);
        var cursor = new FeedCursor("ucp1." + Base64Url.EncodeToString(bytes));

        var page = await store.ChangesAsync(new ChangesRequest { After = cursor }, Cancel);
        Assert.Equal("b", Assert.Single(page.Changes).Key.Id);
    }

    [Fact]
    public async Task A_client_of_the_first_version_goes_on_beside_one_that_has_brought_the_schema_up_to_date()
    {
        await using (await PostgresStore.OpenAsync(Options(), [SchemaSteps.All[0]], null, Cancel))
        {
        }

        Assert.Equal(1, await AskAsync("SELECT max(version) FROM undercroft.schema_version"));
        var writer = Guid.NewGuid();
        Assert.Equal(0, await CommitAsFirstAsync(writer, 1, Put("a", "1"), new AddOperation(Key("n"), 1)));

        var store = await OpenAsync();
        Assert.Equal(Latest, await AskAsync("SELECT max(version) FROM undercroft.schema_version"));
        _ = await CommitAsync(store, Put("b", "2"), new AddOperation(Key("n"), 1));
        Assert.Equal(0, await CommitAsFirstAsync(writer, 2, Put("c", "3"), new AddOperation(Key("n"), 1)));
        Assert.Equal(1, await CommitAsFirstAsync(
            writer, 3, new PutOperation(Key("b"), default, WriteCondition.Absent)));

        var found = (await store.ScanAsync(new ScanRequest { Collection = "things" }, Cancel)).Items;
        Assert.Equal(["a", "b", "c", "n"], found.Select(static item => item.Record.Key.Id));
        Assert.Equal(3, found[3].Record.Value.Span[^1]);
        Assert.Empty((await store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel)).Problems);
    }

    // The status of a commit that is sent as the first version sends it.
    private async Task<long> CommitAsFirstAsync(Guid writer, long batch, params StoreOperation[] operations)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(batch);
        var sql = new SqlText("undercroft");
        await using var command = Source.CreateCommand(
            sql.Commit.Replace(CommitFunction.Name, "commit_v1", StringComparison.Ordinal));
        var timeline = (string)(await AskAsync("SELECT undercroft.timeline()"))!;
        var job = new CommitJob(new Commit(operations), Durability.Os, now);
        new CommitRound([job], new IndexNames(sql, 1, false)).Fill(
            command.Parameters, new BatchHead(1, writer, batch, timeline, "local", now, 10), 1);
        return ((long[])(await command.ExecuteScalarAsync(Cancel))!)[0];
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_refused_and_left_alone()
    {
        await using (await PostgresStore.OpenAsync(Options(), [.. SchemaSteps.All, Break], null, Cancel))
        {
        }

        var error = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync());

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains(
            FormattableString.Invariant(
                $"its schema has version {Latest + 1} and needs code of version {Latest + 1}, this is {Latest}. ") +
            "It was left as it is; use a newer Undercroft.", error.Message, StringComparison.Ordinal);
        Assert.Equal(Latest + 1, await AskAsync("SELECT max(version) FROM undercroft.schema_version"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_schema_as_it_was()
    {
        var bad = new Migration(Latest + 1, 1, "CREATE TABLE {s}.half (t int); SELECT 1/0;");

        _ = await Assert.ThrowsAsync<StoreException>(async () =>
            await PostgresStore.OpenAsync(Options(), [.. SchemaSteps.All, bad], null, Cancel));

        Assert.Equal(false, await AskAsync("SELECT to_regclass('undercroft.half') IS NOT NULL"));
        Assert.Equal(false, await AskAsync("SELECT to_regclass('undercroft.records') IS NOT NULL"));
        _ = await CommitAsync(await OpenAsync(), Put("a"));
    }

    [Fact]
    public async Task Tables_that_are_not_a_stores_are_told()
    {
        _ = await AskAsync(
            "CREATE SCHEMA undercroft CREATE TABLE schema_version (version int, works_with int); " +
            "INSERT INTO undercroft.schema_version VALUES (1, 1)");

        var error = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync());

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Contains("are not those of a store", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenants_share_tables_and_nothing_else()
    {
        var red = await OpenAsync(static options => options.Tenant = "red");
        var blue = await OpenAsync(static options => options.Tenant = "blue");
        var claim = new IndexEntry("name", new byte[] { 1 }, IsUnique: true);
        var identity = new CommitIdentity(Guid.NewGuid(), 1);
        _ = await red.CommitAsync(new Commit(Put("a", "red", claim)) { Identity = identity }, Cancel);
        var written = await blue.CommitAsync(new Commit(Put("a", "blue", claim)) { Identity = identity }, Cancel);

        Assert.Equal((true, false), (written.IsCommitted, written.IsReplay));
        Assert.NotEqual(red.Info.Epoch, blue.Info.Epoch);
        var changes = await blue.ChangesAsync(new ChangesRequest(), Cancel);
        Assert.Equal("blue", System.Text.Encoding.UTF8.GetString(Assert.Single(changes.Changes).Value.Span));
        _ = await Assert.ThrowsAsync<CursorExpiredException>(
            async () => await red.ChangesAsync(new ChangesRequest { After = changes.Next }, Cancel));
        Assert.Equal(
            1, (await red.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Measure }, Cancel)).Examined);
    }

    [Fact]
    public async Task Tables_are_parted_by_tenant_where_that_is_asked()
    {
        var store = await OpenAsync(static options => options.Partitions = 4);
        _ = await CommitAsync(store, Put("a"));

        Assert.Equal(4L, await AskAsync(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'undercroft.records'::regclass"));
        Assert.Equal(1L, await AskAsync("SELECT count(*) FROM undercroft.records WHERE rev > 0"));
    }

    [Fact]
    public async Task A_collection_has_a_view_that_shows_documents_as_json()
    {
        var store = await OpenAsync(static options => options.Views = true);
        _ = await CommitAsync(
            store, Put("a", """{"name":"Ada","age":36}"""), Put("zero", """{"name":"a\u0000b"}"""),
            Put("odd", "no json"),
            new PutOperation(Key("gone"), default) { ExpiresAt = DateTimeOffset.UnixEpoch });

        Assert.Equal("Ada", await AskAsync("SELECT document->>'name' FROM undercroft.of_things WHERE id = 'a'"));
        Assert.Equal(2L, await AskAsync(
            "SELECT count(*) FROM undercroft.of_things WHERE document IS NULL AND id IN ('zero', 'odd')"));
        Assert.Equal(3L, await AskAsync("SELECT count(*) FROM undercroft.documents WHERE tenant = 'default'"));
        Assert.Equal(true, await AskAsync(
            "SELECT bool_and(updated BETWEEN now() - interval '1 hour' AND now() + interval '1 hour') " +
            "FROM undercroft.of_things"));
        Assert.Equal(
            """{"name":"a\u0000b"}""",
            System.Text.Encoding.UTF8.GetString((await store.ReadAsync(Key("zero"), default, Cancel))[0]!.Value.Span));
    }
}
