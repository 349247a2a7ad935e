using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite;

/// <summary>The database file: how it is found, recognised and opened.</summary>
internal sealed class SqliteFile
{
    private SqliteFile(SqliteLibrary library, SqliteStoreOptions options, string path)
    {
        Library = library;
        Options = options;
        Path = path;
    }

    public SqliteLibrary Library { get; }

    public SqliteStoreOptions Options { get; }

    /// <summary>The whole path.</summary>
    public string Path { get; }

    /// <summary>Loads the library and looks at the path; opens nothing yet.</summary>
    /// <exception cref="StoreException">There is no library, or the path cannot be a store.</exception>
    public static SqliteFile Find(SqliteStoreOptions options)
    {
        var path = System.IO.Path.GetFullPath(options.DatabasePath);
        if (Directory.Exists(path))
        {
            throw SqliteErrors.Refuse(
                StoreErrorKind.Unavailable, path, "it is a folder, expected a file", "Name a file in it.");
        }

        if (!File.Exists(path))
        {
            if (options.ReadOnly)
            {
                throw SqliteErrors.Refuse(
                    StoreErrorKind.Unavailable, path,
                    "there is no such file, and it is to be opened for reading only",
                    "Open it for writing once, or check the path.");
            }

            if (!Directory.Exists(System.IO.Path.GetDirectoryName(path)))
            {
                throw SqliteErrors.Refuse(
                    StoreErrorKind.Unavailable, path, "its folder does not exist", "Make it, or check the path.");
            }
        }

        return new SqliteFile(SqliteLoader.Load(options.LibraryPath), options, path);
    }

    /// <summary>Recognises the file, makes it where it is not there, and opens the connection that writes.</summary>
    /// <returns>The connection; null where the store is for reading only.</returns>
    public SqliteConnection? OpenWriter(TimeProvider clock)
    {
        if (File.Exists(Path))
        {
            SqliteSchema.Recognise(Library, Path, Options.Vfs);
        }

        if (Options.ReadOnly)
        {
            return null;
        }

        var writer = Open(SqliteCode.OpenReadWrite | SqliteCode.OpenCreate);
        try
        {
            SqliteSchema.Ensure(writer, Path, Options.PageBytes, clock.GetUtcNow());
            var mode = writer.QueryText("PRAGMA journal_mode = WAL");
            if (mode != "wal")
            {
                throw SqliteErrors.Refuse(
                    StoreErrorKind.Unsupported, Path,
                    $"its file system allows no write-ahead log (found {Names.Show(mode)}, expected 'wal')",
                    "Keep it on a local disk.");
            }

            // On macOS alone these do something: there a plain fsync leaves the bytes in the drive.
            writer.Execute("PRAGMA fullfsync = 1");
            writer.Execute("PRAGMA checkpoint_fullfsync = 1");

            // The log begins anew when it is between once and twice as long as it should be. A file that was cut each
            // time would be made longer again by commits that wait for it.
            writer.Execute(FormattableString.Invariant(
                $"PRAGMA journal_size_limit = {2L * Options.LogPagesMax * SqliteStoreOptions.PageBytesUsual}"));
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that only reads.</summary>
    public SqliteConnection OpenReader() => Open(SqliteCode.OpenReadOnly);

    private SqliteConnection Open(int flags)
    {
        var connection = SqliteConnection.Open(Library, Path, flags, Options.Vfs);
        try
        {
            connection.SetBusyTimeout(Options.BusyTimeout);

            // What a hostile file says in its schema must not run.
            connection.Execute("PRAGMA trusted_schema = OFF");
            connection.Execute(FormattableString.Invariant($"PRAGMA cache_size = {-(Options.CacheBytes / 1024)}"));
            connection.Execute(FormattableString.Invariant($"PRAGMA mmap_size = {Options.MapBytes}"));
            connection.Execute("PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
