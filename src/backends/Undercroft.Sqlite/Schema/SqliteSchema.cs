using System.Buffers.Binary;
using Undercroft.Sqlite.Jobs;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Schema;

/// <summary>The tables, their version, and how a file is recognised.</summary>
internal static class SqliteSchema
{
    /// <summary>Whether a file has what tells how far its clock was ahead; those of older versions have not.</summary>
    public const string HasAhead = "SELECT count(*) FROM pragma_table_info('store') WHERE name = 'ahead'";

    private const string AddAhead = "ALTER TABLE store ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0";

    /// <summary>"Ucrt", in the header of every file of ours (PRAGMA application_id).</summary>
    public const int ApplicationId = 0x55637274;

    /// <summary>The version of the tables (PRAGMA user_version). A newer one is refused.</summary>
    public const int Version = 2;

    /// <summary>The first version with tables of jobs.</summary>
    public const int JobsVersion = 2;

    // Ids and keys are compared as bytes (BINARY). A record keeps its own entries, so that only differences are
    // written. The value comes last: what does not ask for it never reads its overflow pages.
    private static readonly string[] Tables =
    [
        """
        CREATE TABLE store (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epoch BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            clock INTEGER NOT NULL,
            horizon INTEGER NOT NULL,
            transactions INTEGER NOT NULL,
            ahead INTEGER NOT NULL DEFAULT 0)
        """,
        "CREATE TABLE collections (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """
        CREATE TABLE indexes (
            number INTEGER PRIMARY KEY,
            collection INTEGER NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (collection, name))
        """,
        """
        CREATE TABLE records (
            row INTEGER PRIMARY KEY,
            collection INTEGER NOT NULL,
            id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            expires INTEGER,
            origin TEXT,
            meta BLOB,
            entries BLOB,
            value BLOB)
        """,
        "CREATE UNIQUE INDEX records_by_id ON records (collection, id)",
        "CREATE INDEX records_by_revision ON records (revision)",
        "CREATE INDEX records_by_expiry ON records (expires) WHERE expires IS NOT NULL",
        "CREATE INDEX records_deleted ON records (revision) WHERE deleted = 1",
        """
        CREATE TABLE entries (
            ix INTEGER NOT NULL,
            key BLOB NOT NULL,
            id TEXT NOT NULL,
            row INTEGER NOT NULL,
            PRIMARY KEY (ix, key, id)) WITHOUT ROWID
        """,
        "CREATE TABLE segments (number INTEGER PRIMARY KEY, salt INTEGER NOT NULL, start INTEGER NOT NULL)",
        """
        CREATE TABLE lanes (
            client BLOB PRIMARY KEY,
            used INTEGER NOT NULL,
            lane BLOB NOT NULL) WITHOUT ROWID
        """,
    ];

    /// <summary>Refuses a file that is not ours, without touching it.</summary>
    /// <remarks>Only the header is looked at: it says the same from the making of the tables on. The rest of the file
    /// may be half of a checkpoint that others are at, or were at when they were killed, and mean nothing without the
    /// log.</remarks>
    /// <exception cref="StoreException">It is something else, or newer than this code.</exception>
    public static void Recognise(SqliteLibrary library, string path, string? vfs)
    {
        // Through SQLite, for closing the file by other means would drop the locks of this process on it. Immutable:
        // SQLite then takes no lock, replays no journal and makes no file beside this one.
        using var peek = SqliteConnection.Open(
            library, Uri(path), SqliteCode.OpenReadOnly | SqliteCode.OpenUri, vfs);
        var header = SqliteHeader.Read(peek);
        if (header.IsEmpty || header.IsBlank)
        {
            return;
        }

        if (!header.IsDatabase)
        {
            throw SqliteErrors.Refuse(
                StoreErrorKind.Corrupt, path, "it is no SQLite database",
                "It was left as it is; name another file, or restore it from a backup.");
        }

        Judge(path, header.ApplicationId, header.UserVersion);
    }

    /// <summary>Creates the tables in an empty file; in any other checks them, and adds what its version lacks.
    /// </summary>
    public static void Ensure(SqliteConnection writer, string path, int pageBytes, DateTimeOffset now)
    {
        if (writer.Query("PRAGMA page_count") is 0 or null)
        {
            // Before the first table, or they have no effect.
            writer.Execute(FormattableString.Invariant($"PRAGMA page_size = {pageBytes}"));
            writer.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        }

        writer.Execute("BEGIN IMMEDIATE");
        try
        {
            if (writer.Query("SELECT count(*) FROM sqlite_master") == 0)
            {
                Create(writer, now);
            }

            var version = writer.Query("PRAGMA user_version") ?? 0;
            Judge(path, writer.Query("PRAGMA application_id") ?? 0, version);
            if (version == 1)
            {
                // Whoever has the file open with an older version goes on: it knows nothing of the new tables.
                CreateJobs(writer);
                SetVersion(writer);
            }

            // The same: how far the clock is ahead is no matter of the version.
            if (writer.Query(HasAhead) == 0)
            {
                writer.Execute(AddAhead);
            }

            writer.Execute("COMMIT");
        }
        finally
        {
            writer.Rollback();
        }
    }

    private static void Create(SqliteConnection writer, DateTimeOffset now)
    {
        writer.Execute(FormattableString.Invariant($"PRAGMA application_id = {ApplicationId}"));
        SetVersion(writer);
        foreach (var table in Tables)
        {
            writer.Execute(table);
        }

        CreateJobs(writer);

        Span<byte> epoch = stackalloc byte[16];
        _ = Guid.CreateVersion7(now).TryWriteBytes(epoch, bigEndian: true, out _);
        using var row = new SqliteStatement(
            writer, "INSERT INTO store (one, epoch, sequence, clock, horizon, transactions) " +
            "VALUES (1, ?1, 0, ?2, 0, 0)");
        row.Bind(1, epoch);
        row.Bind(2, now.UtcTicks);
        row.Run();
    }

    private static void CreateJobs(SqliteConnection writer)
    {
        foreach (var table in JobSchema.Tables)
        {
            writer.Execute(table);
        }
    }

    private static void SetVersion(SqliteConnection writer) =>
        writer.Execute(FormattableString.Invariant($"PRAGMA user_version = {Version}"));

    private static void Judge(string path, long applicationId, long version)
    {
        if (applicationId != ApplicationId)
        {
            throw SqliteErrors.Refuse(
                StoreErrorKind.Corrupt, path,
                FormattableString.Invariant(
                    $"it is a database of something else (application id {applicationId}, expected {ApplicationId})"),
                "It was left as it is; name another file.");
        }

        if (version is < 1 or > Version)
        {
            throw SqliteErrors.Refuse(
                StoreErrorKind.Unsupported, path,
                FormattableString.Invariant($"its tables have version {version}, this code knows 1 to {Version}"),
                "It was left as it is; use a newer Undercroft.");
        }
    }

    private static string Uri(string path)
    {
        var escaped = path.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal);
        return OperatingSystem.IsWindows()
            ? $"file:///{escaped.Replace('\\', '/')}?immutable=1"
            : $"file:{escaped}?immutable=1";
    }
}
