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
            ["sqlite"] = static place => OpenAsync("sqlite", place, TimeProvider.System),
            ["file"] = static place => OpenAsync("file", place, TimeProvider.System),

            ["postgres"] = static place => OpenPostgresAsync(place),

            // These two are here to be caught.
            ["promises-too-much"] = static async place => new PromisesTooMuch(
                await OpenAsync("file", place, TimeProvider.System)),
            ["commits-in-halves"] = static async place => new CommitsInHalves(
                await OpenAsync("sqlite", place, TimeProvider.System)),
        };

    /// <summary>Opens a sound one.</summary>
    /// <param name="backend"><c>sqlite</c> or <c>file</c>.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="clock">Its clock.</param>
    public static ValueTask<IStore> OpenAsync(string backend, string place, TimeProvider clock) =>
        backend == "sqlite" ? OpenSqliteAsync(place, clock) : OpenFilesAsync(place, clock);

    private static async ValueTask<IStore> OpenSqliteAsync(string place, TimeProvider clock) =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { DatabasePath = place }, clock);

    // The place is a URI.
    private static async ValueTask<IStore> OpenPostgresAsync(string place) =>
        await new StoreSchemes().AddPostgres().OpenAsync(place, TimeProvider.System, default);

    // The tree and the checkpoints come at once and often, so that kills come in the middle of them.
    private static async ValueTask<IStore> OpenFilesAsync(string place, TimeProvider clock) =>
        await FileStore.OpenAsync(
        new FileStoreOptions
        {
            Directory = place,
            TreeDelay = TimeSpan.FromMilliseconds(2),
            JournalBytesMax = 256 * 1024,
        },
        clock);
}
