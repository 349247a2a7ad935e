namespace Undercroft.Stories.Tests;

/// <summary>A storage on one backend, in a folder of its own.</summary>
public abstract class BackendTests : IAsyncLifetime
{
    private Storage? storage;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("undercroft-stories-").FullName;

    protected Storage Storage => storage!;

    /// <summary>The URI of the store, with <c>{0}</c> where the folder goes.</summary>
    protected abstract string Address { get; }

    protected bool IsPersistent => Storage.Info.Capabilities.HasFlag(StoreCapabilities.Persistent);

    public async ValueTask InitializeAsync()
    {
        _ = Directory.CreateDirectory(Path.Combine(Folder, "db"));
        storage = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task ReopenAsync()
    {
        await Storage.DisposeAsync();
        storage = await OpenAsync();
    }

    private ValueTask<Storage> OpenAsync() => Storage.OpenAsync(
        Address.Replace("{0}", Folder, StringComparison.Ordinal),
        new StoreSchemes().AddSqlite().AddFiles(),
        cancellationToken: Token);
}
