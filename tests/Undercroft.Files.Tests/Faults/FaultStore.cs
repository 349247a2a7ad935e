using System.Text;
using Undercroft.Testing;

namespace Undercroft.Files.Tests.Faults;

/// <summary>A store on a disk with faults whose tree and looks come only where a test says so.</summary>
internal static class FaultStore
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FileStore> OpenAsync(FaultFileSystem files, Action<FileStoreOptions>? change = null)
    {
        var options = new FileStoreOptions
        {
            Directory = FaultDay.Root,
            TreeDelay = TimeSpan.FromMinutes(1),
            RescanInterval = Timeout.InfiniteTimeSpan,
        };
        change?.Invoke(options);
        return await FileStore.OpenAsync(files, options, new ManualClock(), Cancel);
    }

    public static async Task PutAsync(FileStore store, RecordKey key, string text) =>
        _ = await store.CommitAsync(new Commit(new PutOperation(key, Encoding.UTF8.GetBytes(text))), Cancel);

    /// <summary>Brings all into the tree, and takes what was edited there.</summary>
    public static async Task FlushAsync(FileStore store)
    {
        _ = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Compact }, Cancel);
        _ = await store.RescanAsync(cancellationToken: Cancel);
    }
}
