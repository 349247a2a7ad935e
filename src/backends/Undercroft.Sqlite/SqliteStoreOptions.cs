using System.Numerics;
using Undercroft.Backends;

namespace Undercroft.Sqlite;

/// <summary>Settings for <see cref="SqliteStore"/>. Read once, when the store is opened.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The usual page; lengths of the log are counted in it, whatever the page of the file.</summary>
    internal const int PageBytesUsual = 4096;

    /// <summary>The database file; it is created where there is none, but its folder is not. Required.</summary>
    public string DatabasePath { get; set; } = string.Empty;

    /// <summary>How long to wait for another process that writes before giving up. The default is 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most connections that read at the same time; further reads wait for one. The default is 8.
    /// </summary>
    public int ReadersMax { get; set; } = 8;

    /// <summary>The most commits that share one transaction. The default is 256.</summary>
    public int GroupMax { get; set; } = 256;

    /// <summary>The most commits that wait for their turn; further ones wait to be let in. The default is 4,096.
    /// </summary>
    public int QueueMax { get; set; } = 4096;

    /// <summary>The level of a commit that names none. The default is <see cref="Durability.Disk"/>.</summary>
    public Durability DefaultDurability { get; set; } = Durability.Disk;

    /// <summary>Whether the store is opened for reading only; the file must exist then. The default is no.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>How often a follower that waits looks for commits of other processes; commits of this process wake it
    /// at once. The default is 50 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a reader that has nothing to do may keep its snapshot, which the log cannot be emptied
    /// behind. It never makes a read see less. The default is 100 ms.</summary>
    public TimeSpan SnapshotIdleMax { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The page cache of each connection, in bytes. The default is 16 MiB.</summary>
    public long CacheBytes { get; set; } = 16L * 1024 * 1024;

    /// <summary>The page of a file that is made by this opening, in bytes: a power of two from 4,096 to 65,536. A file
    /// that is there keeps its own. Larger pages take fewer calls of the system for documents of tens of kilobytes, and
    /// write more for small ones. The default is 4,096.</summary>
    public int PageBytes { get; set; } = PageBytesUsual;

    /// <summary>How much of the file is read through a memory map, in bytes; 0 means none. The default is 0: an
    /// error of the disk then ends a read, and not the process. With a map, reads of what the page cache does not hold
    /// cost little more than of what it holds; what lies behind the map is read as without one.</summary>
    public long MapBytes { get; set; }

    /// <summary>How long the write-ahead log may grow before it is moved into the database, in pages of 4 KiB. The
    /// default is 4,000.</summary>
    public int LogPagesMax { get; set; } = 4000;

    /// <summary>The limits of the store.</summary>
    public StoreLimits Limits { get; set; } = new();

    /// <summary>The SQLite library to use, by path or name; null means the system's, or else the one that comes with
    /// the package (<c>e_sqlite3</c>). Two libraries in one process must not open the same file: POSIX drops the
    /// locks of both when one closes it.</summary>
    public string? LibraryPath { get; set; }

    /// <summary>The name of a registered SQLite file layer (VFS) to use; null means the default one.</summary>
    public string? Vfs { get; set; }

    /// <summary>Refuses settings that make no sense.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; <see cref="ArgumentException.ParamName"/> names it.
    /// </exception>
    public void Validate()
    {
        Require(
            !string.IsNullOrWhiteSpace(DatabasePath) && !DatabasePath.Contains('\0', StringComparison.Ordinal),
            nameof(DatabasePath), DatabasePath, "the path of a file");
        Require(
            DatabasePath != ":memory:",
            nameof(DatabasePath), DatabasePath, "the path of a file; for a store in memory use MemoryStore");
        Require(
            BusyTimeout >= TimeSpan.Zero && BusyTimeout <= TimeSpan.FromDays(1),
            nameof(BusyTimeout), BusyTimeout, "0 to 1 day");
        Require(ReadersMax is >= 1 and <= 1024, nameof(ReadersMax), ReadersMax, "1 to 1,024");
        Require(GroupMax is >= 1 and <= 65_536, nameof(GroupMax), GroupMax, "1 to 65,536");
        Require(QueueMax is >= 1 and <= 1_000_000, nameof(QueueMax), QueueMax, "1 to 1,000,000");
        Require(
            Enum.IsDefined(DefaultDurability),
            nameof(DefaultDurability), DefaultDurability, $"one of {string.Join(", ", Enum.GetNames<Durability>())}");
        Require(
            PollInterval >= TimeSpan.FromMilliseconds(1) && PollInterval <= TimeSpan.FromHours(1),
            nameof(PollInterval), PollInterval, "1 ms to 1 hour");
        Require(
            SnapshotIdleMax >= TimeSpan.FromMilliseconds(1) && SnapshotIdleMax <= TimeSpan.FromHours(1),
            nameof(SnapshotIdleMax), SnapshotIdleMax, "1 ms to 1 hour");
        Require(CacheBytes is >= 0 and <= 1L << 40, nameof(CacheBytes), CacheBytes, "0 to 1 TiB");
        Require(
            PageBytes is >= PageBytesUsual and <= 65_536 && BitOperations.IsPow2(PageBytes),
            nameof(PageBytes), PageBytes, "a power of two from 4,096 to 65,536");
        Require(MapBytes is >= 0 and <= 1L << 46, nameof(MapBytes), MapBytes, "0 to 64 TiB");
        Require(LogPagesMax is >= 16 and <= 10_000_000, nameof(LogPagesMax), LogPagesMax, "16 to 10,000,000");
        Require(Limits is not null, nameof(Limits), null, "limits");
        Require(LibraryPath is not "", nameof(LibraryPath), LibraryPath, "a path, a name or null");
        Require(Vfs is not "", nameof(Vfs), Vfs, "a name or null");
    }

    /// <summary>Makes a copy that later changes do not reach.</summary>
    internal SqliteStoreOptions Copy() => (SqliteStoreOptions)MemberwiseClone();

    private static void Require(bool holds, string setting, object? found, string expected) =>
        StoreSetting.Require(holds, nameof(SqliteStoreOptions), setting, found, expected);
}
