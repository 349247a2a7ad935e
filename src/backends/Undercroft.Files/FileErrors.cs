using Undercroft.Files.Disk;
using Undercroft.Files.Tree;

namespace Undercroft.Files;

/// <summary>The one place where failures of files become Undercroft's kinds.</summary>
internal static class FileErrors
{
    public const string Backend = "file";

    private const int IoError = 5;
    private const int ReadOnlySystem = 30;
    private const int WindowsHandleFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Makes of any error what callers may see; what is not a file's stays as it is.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="doing">What failed, as the rest of "The store could not ...".</param>
    /// <param name="root">The store's directory.</param>
    public static Exception Of(Exception error, string doing, string root)
    {
        if (error is not (IOException or UnauthorizedAccessException))
        {
            return error is InvalidDataException damaged
                ? new StoreException(
                    StoreErrorKind.Corrupt,
                    $"The store {Names.Show(root)} could not {doing}: {damaged.Message} Restore it from a backup.",
                    damaged)
                {
                    Backend = Backend,
                }
                : error;
        }

        var (kind, advice) = error switch
        {
            StrangeFileException => (StoreErrorKind.Unavailable, "Move it away."),
            _ when IsFull(error) => (StoreErrorKind.Full, "There is no room left. Free some space, then retry."),
            UnauthorizedAccessException or { HResult: ReadOnlySystem } => (
                StoreErrorKind.ReadOnly,
                "The folder cannot be written, or not read. Allow it, or open the store with ReadOnly (?mode=ro)."),
            { HResult: IoError } => (
                StoreErrorKind.Unavailable, "The disk or the file system has failed. Check it before going on."),
            FileNotFoundException or DirectoryNotFoundException => (
                StoreErrorKind.Corrupt,
                "A file of the store is missing. Put it back, or restore the store from a backup."),
            PathTooLongException => (
                StoreErrorKind.LimitExceeded,
                "The path is too long for this system. Keep the store nearer to its root."),
            _ => (StoreErrorKind.Unavailable, "See the inner exception."),
        };
        return new StoreException(
            kind, $"The store {Names.Show(root)} could not {doing}: {error.Message.TrimEnd('.')}. {advice}", error)
        {
            Backend = Backend,
        };
    }

    /// <summary>Whether an error says that there is no room: ENOSPC, EDQUOT, or what Windows has for them.</summary>
    public static bool IsFull(Exception error) =>
        error is IOException && error.HResult is 28 or 122 or 69 or WindowsDiskFull or WindowsHandleFull;

    /// <summary>Makes the error of a directory that cannot be opened as a store.</summary>
    public static StoreException Refuse(StoreErrorKind kind, string root, string found, string advice) =>
        new(kind, $"Cannot open the store {Names.Show(root)}: {found}. {advice}") { Backend = Backend };

    /// <summary>Makes the error of a write to a store that is open for reading.</summary>
    public static StoreException ReadOnly(string root) =>
        new(
            StoreErrorKind.ReadOnly,
            $"The store {Names.Show(root)} is open for reading only. Open it for writing to change it.")
        {
            Backend = Backend,
        };

    /// <summary>Makes the error of damage found in a file of the store's own.</summary>
    public static StoreException Damaged(TreePaths paths, string file, long offset, string found, string advice) =>
        new(
            StoreErrorKind.Corrupt,
            FormattableString.Invariant(
                $"The store {Names.Show(paths.Root)} is damaged: {paths.Show(file)} at byte {offset} {found}. ") +
            advice)
        {
            Backend = Backend,
        };

    /// <summary>Makes the error of every commit after a failed sync.</summary>
    public static StoreException Failed(string root, Exception reason) =>
        new(
            StoreErrorKind.Unavailable,
            $"The store {Names.Show(root)} takes no more commits: the disk did not confirm an earlier write " +
            $"({reason.Message.TrimEnd('.')}), so what it holds is unknown. Check the disk, then open the store again.",
            reason)
        {
            Backend = Backend,
        };

    /// <summary>Makes the error of a value whose file is not what was written.</summary>
    public static StoreException BadValue(TreePaths paths, RecordKey key, string file, string found, string advice) =>
        new(
            StoreErrorKind.Corrupt,
            $"The value of {Names.Show(key.ToString())} cannot be read: its file {paths.Show(file)} {found}. {advice}")
        {
            Backend = Backend,
        };

    /// <summary>Makes the error of a read or commit that a change by hand came in the way of.</summary>
    public static StoreException Changing(RecordKey key) =>
        new(
            StoreErrorKind.Unavailable,
            $"{Names.Show(key.ToString())} is being changed by hand; nothing was done. Retry.")
        {
            Backend = Backend,
            IsTransient = true,
        };
}
