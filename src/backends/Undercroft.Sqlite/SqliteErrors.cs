using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite;

/// <summary>The one place where SQLite's result codes become Undercroft's kinds.</summary>
internal static class SqliteErrors
{
    public const string Backend = "sqlite";

    /// <summary>Makes of SQLite's error what callers may see.</summary>
    /// <param name="error">SQLite's error.</param>
    /// <param name="doing">What failed, as the rest of "SQLite could not ...".</param>
    /// <param name="path">The database file.</param>
    public static StoreException Translate(SqliteException error, string doing, string path)
    {
        var (kind, isTransient, advice) = error.Primary switch
        {
            SqliteCode.Busy or SqliteCode.Locked => (
                StoreErrorKind.Unavailable, true,
                "Another process is writing; nothing was changed. Retry, or raise BusyTimeout (?busyTimeout=)."),
            SqliteCode.Full => (
                StoreErrorKind.Full, false, "There is no room left; nothing was changed. Free some space, then retry."),
            SqliteCode.Corrupt => (
                StoreErrorKind.Corrupt, false, "The file is damaged. Stop writing and restore it from a backup."),
            SqliteCode.Error => (
                StoreErrorKind.Corrupt, false,
                "The statements are fixed, so the file's tables are not those of a store. Restore it from a backup."),
            SqliteCode.NotADatabase => (
                StoreErrorKind.Corrupt, false,
                "The file is no SQLite database and was left as it is. Name another file, or restore a backup."),
            SqliteCode.ReadOnly or SqliteCode.Permission => (
                StoreErrorKind.ReadOnly, false,
                "The file or its folder cannot be written. Allow it, or open the store with ReadOnly (?mode=ro)."),
            SqliteCode.CannotOpen => (
                StoreErrorKind.Unavailable, false,
                "The file cannot be opened or created. Check the path, and that its folder can be written: SQLite " +
                "keeps a log beside the file."),
            SqliteCode.IoError => (
                StoreErrorKind.Unavailable, false, "The disk or file system has failed. Check it before going on."),
            SqliteCode.TooBig => (
                StoreErrorKind.LimitExceeded, false, "It is larger than this SQLite library allows. Make it smaller."),
            _ => (StoreErrorKind.Unknown, false, "See the inner exception."),
        };
        return new StoreException(
            kind, $"SQLite could not {doing} in {Names.Show(path)}: {error.Message}. {advice}", error)
        {
            Backend = Backend,
            IsTransient = isTransient,
        };
    }

    /// <summary>Makes of any error what callers may see; what is not SQLite's stays as it is.</summary>
    public static Exception Of(Exception error, string doing, string path) => error switch
    {
        SqliteException sqlite => Translate(sqlite, doing, path),
        InvalidDataException damaged => new StoreException(
            StoreErrorKind.Corrupt,
            $"SQLite could not {doing} in {Names.Show(path)}: {damaged.Message} Restore the file from a backup.",
            damaged)
        {
            Backend = Backend,
        },
        _ => error,
    };

    /// <summary>Whether an error leaves it open what of the unsynced bytes the disk holds.</summary>
    public static bool IsFailedSync(Exception error) =>
        error is SqliteException { Code: SqliteCode.IoErrorSync or SqliteCode.IoErrorDirectorySync };

    /// <summary>Makes the error of a file that is not, or no longer, ours.</summary>
    public static StoreException Refuse(StoreErrorKind kind, string path, string found, string advice) =>
        new(kind, $"Cannot open the store {Names.Show(path)}: {found}. {advice}") { Backend = Backend };
}
