using System.Text;
using static Undercroft.Bench.Floors.RawSqlite;

namespace Undercroft.Bench.Floors;

/// <summary>What SQLite itself takes for the work of the SQLite store: the same tables, PRAGMAs and transactions, raw
/// prepared statements, no layer. Uses nothing of ours.</summary>
public sealed unsafe class SqliteFloor : IDisposable
{
    private static readonly string[] Tables =
    [
        "PRAGMA auto_vacuum = INCREMENTAL",
        "PRAGMA journal_mode = WAL",
        "PRAGMA cache_size = -16384",
        "PRAGMA wal_autocheckpoint = 4000",
        "CREATE TABLE store (one INTEGER PRIMARY KEY, epoch BLOB NOT NULL, sequence INTEGER NOT NULL, " +
            "clock INTEGER NOT NULL, horizon INTEGER NOT NULL, transactions INTEGER NOT NULL)",
        "INSERT INTO store VALUES (1, zeroblob(16), 0, 0, 0, 0)",
        "CREATE TABLE records (row INTEGER PRIMARY KEY, collection INTEGER NOT NULL, id TEXT NOT NULL, " +
            "revision INTEGER NOT NULL, deleted INTEGER NOT NULL, created INTEGER NOT NULL, " +
            "updated INTEGER NOT NULL, expires INTEGER, origin TEXT, meta BLOB, entries BLOB, value BLOB)",
        "CREATE UNIQUE INDEX records_by_id ON records (collection, id)",
        "CREATE INDEX records_by_revision ON records (revision)",
        "CREATE INDEX records_by_expiry ON records (expires) WHERE expires IS NOT NULL",
        "CREATE INDEX records_deleted ON records (revision) WHERE deleted = 1",
        "CREATE TABLE entries (ix INTEGER NOT NULL, key BLOB NOT NULL, id TEXT NOT NULL, row INTEGER NOT NULL, " +
            "PRIMARY KEY (ix, key, id)) WITHOUT ROWID",
    ];

    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly nint handle;
    private readonly nint begin;
    private readonly nint beginWrite;
    private readonly nint commit;
    private readonly nint read;
    private readonly nint find;
    private readonly nint insert;
    private readonly nint insertEntry;
    private readonly nint setSequence;
    private long sequence;

    /// <summary>Makes an empty database.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="synchronous"><c>FULL</c> or <c>NORMAL</c>.</param>
    public SqliteFloor(string path, string synchronous)
    {
        handle = OpenFile(path);
        foreach (var statement in Tables.Append($"PRAGMA synchronous = {synchronous}"))
        {
            Execute(handle, statement);
        }

        begin = PrepareText(handle, "BEGIN");
        beginWrite = PrepareText(handle, "BEGIN IMMEDIATE");
        commit = PrepareText(handle, "COMMIT");
        read = PrepareText(handle, "SELECT revision, value FROM records WHERE collection = ?1 AND id = ?2");
        find = PrepareText(handle, "SELECT row, revision, entries FROM records WHERE collection = ?1 AND id = ?2");
        insert = PrepareText(
            handle,
            "INSERT INTO records (collection, id, revision, deleted, created, updated, entries, value) " +
            "VALUES (1, ?1, ?2, 0, ?3, ?3, ?4, ?5)");
        insertEntry = PrepareText(handle, "INSERT INTO entries (ix, key, id, row) VALUES (?1, ?2, ?3, ?4)");
        setSequence = PrepareText(
            handle, "UPDATE store SET sequence = ?1, clock = ?2, transactions = ?1 WHERE one = 1");
    }

    /// <summary>Begins the one read transaction that <see cref="Read"/> runs in.</summary>
    public void BeginReading() => Run(begin);

    /// <summary>Ends the transaction of <see cref="BeginReading"/>.</summary>
    public void EndReading() => Run(commit);

    /// <summary>Reads one record and copies its value.</summary>
    /// <returns>The length of the value; −1 where there is no record.</returns>
    public int Read(string id)
    {
        var bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(id, new Span<byte>(bytes, 256));
        _ = BindNumber(read, 1, 1);
        _ = BindText(read, 2, bytes, length, 0);
        var found = -1;
        if (Step(read) == Row)
        {
            _ = ColumnNumber(read, 0);
            var value = ColumnBlob(read, 1);
            found = ColumnBytes(read, 1);
            new ReadOnlySpan<byte>(value, found).CopyTo(buffer);
        }

        _ = Reset(read);
        return found;
    }

    /// <summary>Makes one whole commit of one new record, ungrouped: look, write record and entries, draw the sequence.
    /// </summary>
    public void Commit(string id, byte[] value, byte[][] keys)
    {
        Run(beginWrite);
        Look(id);
        sequence++;
        Insert(id, value, keys);
        Draw();
        Run(commit);
    }

    /// <summary>Inserts many new records in one transaction.</summary>
    public void InsertBatch(IReadOnlyList<string> ids, byte[] value, IReadOnlyList<byte[][]> keys)
    {
        Run(beginWrite);
        sequence++;
        for (var i = 0; i < ids.Count; i++)
        {
            Insert(ids[i], value, keys[i]);
        }

        Draw();
        Run(commit);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in new[] { begin, beginWrite, commit, read, find, insert, insertEntry, setSequence })
        {
            _ = Finish(statement);
        }

        _ = Close(handle);
    }

    private void Look(string id)
    {
        var bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(id, new Span<byte>(bytes, 256));
        _ = BindNumber(find, 1, 1);
        _ = BindText(find, 2, bytes, length, 0);
        _ = Step(find);
        _ = Reset(find);
    }

    private void Insert(string id, byte[] value, byte[][] keys)
    {
        // What the store keeps in the row for later differences: about as long as the keys.
        var entries = stackalloc byte[64];
        var bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(id, new Span<byte>(bytes, 256));
        fixed (byte* body = value)
        {
            _ = BindText(insert, 1, bytes, length, 0);
            _ = BindNumber(insert, 2, sequence);
            _ = BindNumber(insert, 3, 638_000_000_000_000_000 + sequence);
            _ = keys.Length == 0 ? BindNull(insert, 4) : BindBlob(insert, 4, entries, 16 * keys.Length, 0);
            _ = BindBlob(insert, 5, body, value.Length, 0);
            Run(insert);
        }

        var row = LastInsertRow(handle);
        for (var i = 0; i < keys.Length; i++)
        {
            fixed (byte* key = keys[i])
            {
                _ = BindNumber(insertEntry, 1, i + 1);
                _ = BindBlob(insertEntry, 2, key, keys[i].Length, 0);
                _ = BindText(insertEntry, 3, bytes, length, 0);
                _ = BindNumber(insertEntry, 4, row);
                Run(insertEntry);
            }
        }
    }

    private void Draw()
    {
        _ = BindNumber(setSequence, 1, sequence);
        _ = BindNumber(setSequence, 2, 638_000_000_000_000_000 + sequence);
        Run(setSequence);
    }
}
