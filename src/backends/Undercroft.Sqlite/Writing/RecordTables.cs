using System.Buffers;
using Undercroft.Backends;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Writing;

/// <summary>Reads and writes records and their entries on the writer's connection.</summary>
internal sealed unsafe class RecordTables
{
    private const int KnownMax = 64;

    private readonly SqliteConnection connection;
    private readonly WriterNames names;
    private readonly SqliteStatement judged;
    private readonly SqliteStatement judgedWithValue;
    private readonly SqliteStatement holders;
    private readonly SqliteStatement insert;
    private readonly SqliteStatement update;
    private readonly SqliteStatement insertEntry;
    private readonly SqliteStatement deleteEntry;
    private readonly ArrayBufferWriter<byte> metaBytes = new(256);
    private readonly ArrayBufferWriter<byte> entryBytes = new(1024);
    private readonly Action<IndexEntry> addEntry;
    private readonly Action<IndexEntry> removeEntry;

    // What was looked at and not written since: commits check the same records again and again, such as the one that
    // lists the indexes of their collection. Without values.
    private readonly Dictionary<RecordKey, (StoreRecord? Record, long Row)> known = [];

    // The record whose entries are being written, and the index of the entry before: mostly the same.
    private RecordKey writing;
    private int writingCollection;
    private long writingRow;
    private string? lastIndex;
    private int lastIndexNumber;

    public RecordTables(SqliteConnection connection, WriterNames names)
    {
        this.connection = connection;
        this.names = names;
        judged = connection.Statement(Sql.Judged(withValue: false));
        judgedWithValue = connection.Statement(Sql.Judged(withValue: true));
        holders = connection.Statement(Sql.Holders);
        insert = connection.Statement(Sql.InsertRecord);
        update = connection.Statement(Sql.UpdateRecord);
        insertEntry = connection.Statement(Sql.InsertEntry);
        deleteEntry = connection.Statement(Sql.DeleteEntry);
        addEntry = AddEntry;
        removeEntry = RemoveEntry;
    }

    /// <summary>Finds a record or its tombstone, and its row.</summary>
    public (StoreRecord? Record, long Row) Find(RecordKey key, bool withValue)
    {
        if (withValue)
        {
            return Read(judgedWithValue, key);
        }

        if (!known.TryGetValue(key, out var found))
        {
            found = Read(judged, key);
            if (known.Count == KnownMax)
            {
                known.Clear();
            }

            known[key] = found;
        }

        return found;
    }

    /// <summary>Forgets what was looked at: it was rolled back, or written by others.</summary>
    public void Forget() => known.Clear();

    /// <summary>Finds the ids of the live records that hold a key.</summary>
    public void FindHolders(
        string collection, string index, ReadOnlyMemory<byte> entryKey, DateTimeOffset now, ICollection<string> ids)
    {
        if (names.Collection(collection) is not { } number || names.Index(number, index) is not { } indexNumber)
        {
            return;
        }

        holders.Bind(1, indexNumber);
        holders.Bind(2, entryKey.Span);
        holders.Bind(3, now.UtcTicks);
        try
        {
            while (holders.Step())
            {
                ids.Add(holders.String(0));
            }
        }
        finally
        {
            holders.Reset();
        }
    }

    /// <summary>Writes a record or tombstone over its row, or as a new one, and the difference of its entries.
    /// </summary>
    /// <param name="write">What was and what will be.</param>
    /// <param name="row">The row; not used where nothing was.</param>
    public void Write(in PlannedWrite write, long row)
    {
        var after = write.After;
        _ = known.Remove(after.Key);
        writingCollection = names.CollectionOrNew(after.Key.Collection);
        if (write.Before is null)
        {
            insert.Bind(10, writingCollection);
            insert.Bind(11, after.Key.Id);
            Run(insert, after);
            row = connection.LastInsertRow;
        }
        else
        {
            update.Bind(10, row);
            Run(update, after);
        }

        writing = after.Key;
        writingRow = row;
        lastIndex = null;
        EntrySet.Difference(write.Before?.Entries ?? [], after.Entries, removeEntry, addEntry);
    }

    private (StoreRecord? Record, long Row) Read(SqliteStatement statement, RecordKey key)
    {
        if (names.Collection(key.Collection) is not { } collection)
        {
            return default;
        }

        statement.Bind(1, collection);
        statement.Bind(2, key.Id);
        try
        {
            return statement.Step()
                ? (RecordRow.Read(statement, key), statement.Number(RecordRow.Row))
                : default;
        }
        finally
        {
            statement.Reset();
        }
    }

    private void Run(SqliteStatement statement, StoreRecord after)
    {
        statement.Bind(1, after.Revision.Value);
        statement.Bind(2, after.IsDeleted ? 1 : 0);
        statement.Bind(3, after.CreatedAt.UtcTicks);
        statement.Bind(4, after.UpdatedAt.UtcTicks);
        statement.Bind(5, after.ExpiresAt?.UtcTicks);
        statement.Bind(6, after.Origin);
        metaBytes.ResetWrittenCount();
        if (after.Meta.Count > 0)
        {
            new RecordWriter(metaBytes).Meta(after.Meta);
        }

        entryBytes.ResetWrittenCount();
        if (after.Entries.Count > 0)
        {
            new RecordWriter(entryBytes).Entries(after.Entries);
        }

        fixed (byte* meta = metaBytes.WrittenSpan)
        fixed (byte* entries = entryBytes.WrittenSpan)
        fixed (byte* value = after.Value.Span)
        {
            statement.BindBorrowed(7, meta, metaBytes.WrittenCount);
            statement.BindBorrowed(8, entries, entryBytes.WrittenCount);
            statement.BindBorrowed(9, value, after.Value.Length);
            statement.Run();
        }
    }

    private void AddEntry(IndexEntry entry)
    {
        insertEntry.Bind(1, IndexOf(entry));
        insertEntry.Bind(2, entry.Key.Span);
        insertEntry.Bind(3, writing.Id);
        insertEntry.Bind(4, writingRow);
        insertEntry.Run();
    }

    private void RemoveEntry(IndexEntry entry)
    {
        deleteEntry.Bind(1, IndexOf(entry));
        deleteEntry.Bind(2, entry.Key.Span);
        deleteEntry.Bind(3, writing.Id);
        deleteEntry.Run();
    }

    private int IndexOf(IndexEntry entry)
    {
        if (entry.Index != lastIndex)
        {
            lastIndexNumber = names.IndexOrNew(writingCollection, entry.Index);
            lastIndex = entry.Index;
        }

        return lastIndexNumber;
    }
}
