using Npgsql;
using Undercroft.Servers;

namespace Undercroft.Postgres.Tests;

/// <summary>What tests of the store share: a database of their own, and stores in it.</summary>
public abstract class StoreTest(SharedPostgres shared) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> owned = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected PostgresServer Server { get; private set; } = null!;

    protected string Database { get; private set; } = "";

    protected string Address => Server.Address(Database);

    /// <summary>Connections to the database, beside the store's.</summary>
    protected NpgsqlDataSource Source { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerAsync(shared);
        Database = await Server.CreateDatabaseAsync(Cancel);
        Source = NpgsqlDataSource.Create(Options().ConnectionString);
        owned.Add(Source);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        owned.Reverse();
        foreach (var one in owned)
        {
            await one.DisposeAsync();
        }
    }

    /// <summary>The server; the shared one, unless a test needs one where nobody else is.</summary>
    protected virtual Task<PostgresServer> ServerAsync(SharedPostgres servers) => servers.ServerAsync();

    protected void Own(IAsyncDisposable one) => owned.Add(one);

    protected PostgresStoreOptions Options(Action<PostgresStoreOptions>? set = null)
    {
        var options = TestStores.Options(Address, "default");
        set?.Invoke(options);
        return options;
    }

    protected async Task<PostgresStore> OpenAsync(Action<PostgresStoreOptions>? set = null)
    {
        var store = await PostgresStore.OpenAsync(Options(set), cancellationToken: Cancel);
        owned.Add(store);
        return store;
    }

    /// <summary>Runs a statement and gives its first value.</summary>
    protected async Task<object?> AskAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancel);
    }

    protected static RecordKey Key(string id) => new("things", id);

    protected static PutOperation Put(string id, string value = "{}", params IndexEntry[] entries) =>
        new(Key(id), System.Text.Encoding.UTF8.GetBytes(value)) { Entries = entries };

    protected static async Task<CommitResult> CommitAsync(IStore store, params StoreOperation[] operations)
    {
        var result = await store.CommitAsync(new Commit(operations), Cancel);
        Assert.True(result.IsCommitted, string.Join("; ", result.Conflicts));
        return result;
    }
}
