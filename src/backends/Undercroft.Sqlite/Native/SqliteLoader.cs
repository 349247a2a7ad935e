using System.Runtime.InteropServices;

namespace Undercroft.Sqlite.Native;

/// <summary>Finds a SQLite library that is new enough: the one named, else the system's, else the one that comes with
/// this package.</summary>
internal static class SqliteLoader
{
    private const string Advice =
        "Install SQLite 3.35 or later (Debian: 'apt-get install libsqlite3-0'), or name one in " +
        $"{nameof(SqliteStoreOptions)}.{nameof(SqliteStoreOptions.LibraryPath)}.";

    /// <summary>Loads a library.</summary>
    /// <param name="path">The only one to try; null tries the usual ones.</param>
    /// <exception cref="StoreException">There is none, or it is too old.</exception>
    public static SqliteLibrary Load(string? path)
    {
        var tried = new List<string>();
        foreach (var name in path is null ? Usual() : [path])
        {
            if (TryLoad(name, out var found) is { } library)
            {
                return library;
            }

            tried.Add($"{name} ({found})");
        }

        throw new StoreException(
            StoreErrorKind.Unavailable,
            $"No usable SQLite library was found; tried {string.Join(", ", tried)}. {Advice}")
        {
            Backend = SqliteErrors.Backend,
        };
    }

    private static string[] Usual() =>
        OperatingSystem.IsWindows() ? ["sqlite3", "winsqlite3", "e_sqlite3"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib", "e_sqlite3"]
        : ["libsqlite3.so.0", "sqlite3", "e_sqlite3"];

    private static SqliteLibrary? TryLoad(string name, out string found)
    {
        if (!NativeLibrary.TryLoad(name, typeof(SqliteLoader).Assembly, searchPath: null, out var handle))
        {
            found = "not found";
            return null;
        }

        try
        {
            var library = new SqliteLibrary(handle, name);
            found = library.IsThreadSafe ? $"version {library.VersionText}" : "built without threads";
            if (library.IsThreadSafe && library.Version >= SqliteLibrary.VersionMin)
            {
                return library;
            }
        }
        catch (EntryPointNotFoundException missing)
        {
            found = $"without {missing.Message}";
        }

        NativeLibrary.Free(handle);
        return null;
    }
}
