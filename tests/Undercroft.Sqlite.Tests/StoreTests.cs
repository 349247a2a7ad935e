using System.Text;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Tests;

/// <summary>What the tests of this backend share: stores in a folder of their own.</summary>
public abstract class StoreTests : IAsyncDisposable
{
    private readonly List<SqliteStore> stores = [];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected TempFolder Folder { get; } = new();

    protected string DatabasePath => Folder.File();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        Folder.Dispose();
    }

    protected static RecordKey Key(string id) => new("c", id);

    protected static PutOperation Put(string id, string text = "body", params IndexEntry[] entries) =>
        new(Key(id), Encoding.UTF8.GetBytes(text)) { Entries = entries };

    protected static IndexEntry Entry(string key, string index = "ix") => new(index, Encoding.UTF8.GetBytes(key));

    protected async Task<SqliteStore> OpenAsync(Action<SqliteStoreOptions>? change = null, TimeProvider? clock = null)
    {
        var options = new SqliteStoreOptions { DatabasePath = DatabasePath };
        change?.Invoke(options);
        var store = await SqliteStore.OpenAsync(options, clock, Cancel);
        stores.Add(store);
        return store;
    }

    protected static async Task<Revision> WriteAsync(IStore store, params StoreOperation[] operations)
    {
        var result = await store.CommitAsync(new Commit(operations), Cancel);
        Assert.True(result.IsCommitted);
        return result.Revision;
    }

    protected static async Task<string?> TextAsync(IStore store, string id) =>
        (await store.ReadAsync(Key(id), cancellationToken: Cancel))[0] is { } record
            ? Encoding.UTF8.GetString(record.Value.Span)
            : null;

    /// <summary>Runs a statement on the file, past the store.</summary>
    protected long? Raw(string sql, string? path = null)
    {
        using var connection = SqliteConnection.Open(
            SqliteLoader.Load(null), path ?? DatabasePath, SqliteCode.OpenReadWrite | SqliteCode.OpenCreate, vfs: null);
        connection.SetBusyTimeout(TimeSpan.FromSeconds(5));
        return connection.Query(sql);
    }
}
