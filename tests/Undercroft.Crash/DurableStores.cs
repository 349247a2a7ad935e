using Undercroft.Files;
using Undercroft.Sqlite;

namespace Undercroft.Crash;

/// <summary>The durable backends, and how the killed process and the one that looks afterwards open them.</summary>
public static class DurableStores
{
    /// <summary>By name: what opens the store at a place.</summary>
    public static IReadOnlyDictionary<string, Func<string, ValueTask<IStore>>> All { get; } =
        new Dictionary<string, Func<string, ValueTask<IStore>>>(StringComparer.Ordinal)
        {
            ["sqlite"] = OpenSqliteAsync,
            ["file"] = OpenFilesAsync,

            // These two are here to be caught.
            ["promises-too-much"] = static async place => new PromisesTooMuch(await OpenFilesAsync(place)),
            ["commits-in-halves"] = static async place => new CommitsInHalves(await OpenSqliteAsync(place)),
        };

    private static async ValueTask<IStore> OpenSqliteAsync(string place) =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { DatabasePath = place });

    // The tree and the checkpoints come at once and often, so that kills come in the middle of them.
    private static async ValueTask<IStore> OpenFilesAsync(string place) => await FileStore.OpenAsync(
        new FileStoreOptions
        {
            Directory = place,
            TreeDelay = TimeSpan.FromMilliseconds(2),
            JournalBytesMax = 256 * 1024,
        });
}
