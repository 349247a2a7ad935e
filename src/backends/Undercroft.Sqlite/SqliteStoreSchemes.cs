using Undercroft.Sqlite;

namespace Undercroft;

/// <summary>Opens SQLite stores by URI.</summary>
public static class SqliteStoreSchemes
{
    private static readonly string[] Known = ["mode", "busyTimeout", "durability", "library", "pageBytes", "mapBytes"];

    extension(StoreSchemes schemes)
    {
        /// <summary>Adds <c>sqlite:</c>, as in <c>sqlite:app.db</c> or <c>sqlite:/var/lib/app.db?mode=ro</c>.</summary>
        /// <remarks>The path follows the colon. Settings: <c>mode</c> (<c>rw</c>, or <c>ro</c> for reading only),
        /// <c>busyTimeout</c> (<c>500ms</c>, <c>5s</c>, <c>1m</c>), <c>durability</c> (<c>memory</c>, <c>os</c>,
        /// <c>disk</c>), <c>library</c> (the SQLite library to use), <c>pageBytes</c> (the page of a new file) and
        /// <c>mapBytes</c> (how much is read through a memory map). The rest of <see cref="SqliteStoreOptions"/> keeps
        /// its defaults.</remarks>
        public StoreSchemes AddSqlite()
        {
            ArgumentNullException.ThrowIfNull(schemes);
            return schemes.Add("sqlite", static async (uri, clock, cancellationToken) =>
                await SqliteStore.OpenAsync(Options(uri), clock, cancellationToken).ConfigureAwait(false));
        }
    }

    private static SqliteStoreOptions Options(StoreUri uri)
    {
        uri.CheckSettings(Known);
        if (uri.Path.Length == 0)
        {
            throw new ArgumentException("'sqlite:' names no file. Write 'sqlite:app.db'.", nameof(uri));
        }

        var options = new SqliteStoreOptions { DatabasePath = uri.Path, ReadOnly = uri.IsReadOnly() };
        options.BusyTimeout = uri.Duration("busyTimeout") ?? options.BusyTimeout;
        options.DefaultDurability = uri.DefaultDurability() ?? options.DefaultDurability;
        options.PageBytes = uri.Number("pageBytes") ?? options.PageBytes;
        options.MapBytes = uri.Number("mapBytes") ?? options.MapBytes;
        options.LibraryPath = uri.Settings.GetValueOrDefault("library");
        uri.Check(options.Validate, (nameof(options.LibraryPath), "library"));
        return options;
    }
}
