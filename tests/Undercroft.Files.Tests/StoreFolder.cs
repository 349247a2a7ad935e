using System.Text;
using Undercroft.Testing;

namespace Undercroft.Files.Tests;

/// <summary>A store in a folder of its own, opened and closed at will.</summary>
public sealed class StoreFolder : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<FileStore> opened = [];

    public StoreFolder() => Root = folder.NewPath();

    public string Root { get; }

    public ManualClock Clock { get; } = new();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static RecordKey Key(string id) => new("stories", id);

    public static string Text(StoreRecord? record) => Encoding.UTF8.GetString(record!.Value.Span);

    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public async Task<FileStore> OpenAsync(Action<FileStoreOptions>? set = null)
    {
        var options = new FileStoreOptions { Directory = Root, TreeDelay = TimeSpan.Zero };
        set?.Invoke(options);
        var store = await FileStore.OpenAsync(options, Clock, Cancel);
        opened.Add(store);
        return store;
    }

    public static async Task<Revision> PutAsync(FileStore store, string id, string text)
    {
        var put = new PutOperation(Key(id), Encoding.UTF8.GetBytes(text))
        {
            Entries = [new IndexEntry("i", "k"u8.ToArray())],
        };
        return (await store.CommitAsync(new Commit(put), Cancel)).Revision;
    }

    public static async Task<StoreRecord?> ReadAsync(FileStore store, string id) =>
        (await store.ReadAsync(
            Key(id), new ReadOptions { Detail = RecordDetail.Complete, IncludeDeleted = true }, Cancel))[0];

    /// <summary>Brings everything into the tree, and the edits found on the way into the store.</summary>
    public static async Task<RescanReport> FlushAsync(FileStore store)
    {
        var nothing = new MaintenanceRequest { Kind = MaintenanceKind.Compact, Through = Revision.None };
        _ = await store.MaintainAsync(nothing, Cancel);
        return await store.RescanAsync(cancellationToken: Cancel);
    }

    /// <summary>Writes a file as a person does, a while after the store did.</summary>
    public void Edit(string text, params string[] parts)
    {
        var path = PathOf(parts);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    /// <summary>The names of a collection's files, in order.</summary>
    public IReadOnlyList<string> FilesOf(string collection) =>
    [
        .. Directory.GetFiles(PathOf(collection))
            .Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var store in opened)
        {
            await store.DisposeAsync();
        }

        folder.Dispose();
    }
}
