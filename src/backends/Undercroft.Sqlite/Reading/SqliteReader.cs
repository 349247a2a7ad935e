using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Undercroft.Backends;
using Undercroft.Sqlite.Jobs;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Reading;

/// <summary>A connection of the pool: it reads out of a snapshot that it keeps for as long as nobody has committed.
/// </summary>
internal sealed unsafe class SqliteReader : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly NameLookup names;
    private readonly StateReader states;
    private readonly WalMark? mark;
    private readonly SqliteStatement begin;
    private readonly SqliteStatement end;
    private readonly SqliteStatement sequence;
    private JobReader? jobs;
    private readonly SqliteStatement?[] byKey = new SqliteStatement?[4];
    private readonly SqliteStatement?[] changes = new SqliteStatement?[4];
    private readonly SqliteStatement?[] scans = new SqliteStatement?[4 * 8];

    /// <summary>Prepares a connection for reading; the reader owns it from here on.</summary>
    public SqliteReader(SqliteConnection connection, NameTable known, HistoryCache histories)
    {
        this.connection = connection;
        states = new StateReader(connection, histories);
        names = new NameLookup(connection, known);
        begin = connection.Statement(Sql.Begin);
        end = connection.Statement(Sql.End);
        sequence = connection.Statement(Sql.Sequence);

        // The wal-index is there once something was read.
        _ = sequence.RunForNumber();
        mark = WalMark.Find(connection);
    }

    /// <summary>The version of the file's tables.</summary>
    public long Version => connection.Query("PRAGMA user_version") ?? 0;

    /// <summary>How far the store's clock was ahead of the system's at the last commit, as far as the file keeps it.
    /// </summary>
    public TimeSpan Ahead() =>
        new(connection.Query(SqliteSchema.HasAhead) == 0 ? 0 : connection.Query(Sql.Ahead) ?? 0);

    /// <summary>Reads jobs.</summary>
    public JobReader Jobs => jobs ??= new JobReader(connection);

    /// <summary>Whether a snapshot is open.</summary>
    public bool HasSnapshot { get; private set; }

    /// <summary>Whether the reader was used since this was last set to false; for the sweep of idle snapshots.
    /// </summary>
    public bool WasUsed { get; set; }

    /// <summary>Makes sure that the snapshot holds every commit acknowledged so far.</summary>
    public void Refresh()
    {
        WasUsed = true;
        if (HasSnapshot)
        {
            if (mark?.Holds() == true)
            {
                return;
            }

            EndSnapshot();
        }

        // The mark before the snapshot: a commit between the two is in the snapshot, and only looks new once more.
        mark?.Take();
        begin.Run();
        HasSnapshot = true;
    }

    /// <summary>Ends what <see cref="Refresh"/> has begun, where the snapshot could not be told from an old one.
    /// </summary>
    public void Finish()
    {
        if (mark is null)
        {
            EndSnapshot();
        }
    }

    /// <summary>Gives the snapshot up, so that the log can be emptied.</summary>
    public void EndSnapshot()
    {
        if (HasSnapshot)
        {
            HasSnapshot = false;
            end.Run();
        }
    }

    /// <summary>Reads one record.</summary>
    [SkipLocalsInit]
    public StoreRecord? Find(RecordKey key, in ReadOptions options, int position, DateTimeOffset now)
    {
        if (names.Collection(key.Collection) is not { } collection)
        {
            return null;
        }

        var id = stackalloc byte[RecordKey.IdBytesMax];
        _ = Utf8.FromUtf16(key.Id, new Span<byte>(id, RecordKey.IdBytesMax), out _, out var length);
        if (options.Known is { } known && known[position] != default)
        {
            var head = Look(RecordDetail.Keys, collection, id, length, key, options.IncludeDeleted, now);
            if (head is null || head.Revision == known[position])
            {
                return head is null ? null : RecordShape.Unchanged(head);
            }
        }

        return Look(options.Detail, collection, id, length, key, options.IncludeDeleted, now);
    }

    /// <summary>Reads one page of a collection.</summary>
    public ScanPage Scan(ScanRequest request, int limit, StoreLimits limits, DateTimeOffset now)
    {
        if (names.Collection(request.Collection) is not { } collection)
        {
            return new ScanPage([], null);
        }

        if (request.Range.Index is not { } index)
        {
            var ids = Prepared(request, IdScan.IsAfter(request));
            return Page(IdScan.Walk(ids, request, collection, now));
        }

        if (names.Index(collection, index) is not { } number)
        {
            return new ScanPage([], null);
        }

        var entries = Prepared(request, EntryScan.IsAfter(request));
        return Page(EntryScan.Walk(entries, request, number, now, limits.EntryKeyBytesMax));

        ScanPage Page(IEnumerable<ScanItem> walk) =>
            PageBuilder.Scan(walk, limit, limits, static record => record);
    }

    /// <summary>Reads one page of the feed.</summary>
    public ChangePage Changes(ChangesRequest request, int limit, StoreLimits limits, DateTimeOffset now)
    {
        var state = states.Read();
        var from = state.History.Resolve(request.After, state.Sequence, state.Horizon);
        var statement = changes[(int)request.Detail] ??= connection.Statement(Sql.Changes(request.Detail));
        var (page, hasMore) = PageBuilder.Changes(
            FeedWalk.Walk(statement, request, from.Sequence, now, names),
            request, limit, limits, state.Sequence, static record => record, out var through);
        return new ChangePage(page, state.History.CursorAt(through, from.WalkHorizon), hasMore);
    }

    /// <summary>Finds the place of a cursor, and the latest revision.</summary>
    public (long After, long Latest) Resolve(FeedCursor cursor)
    {
        var state = states.Read();
        return (state.History.Resolve(cursor, state.Sequence, state.Horizon).Sequence, state.Sequence);
    }

    /// <summary>Reads the store's row.</summary>
    public StoreState State() => states.Read();

    /// <summary>Reads the latest revision.</summary>
    public long Sequence() => sequence.RunForNumber() ?? 0;

    public void Dispose() => connection.Dispose();

    private StoreRecord? Look(
        RecordDetail detail,
        int collection,
        byte* id,
        int length,
        RecordKey key,
        bool includeDeleted,
        DateTimeOffset now)
    {
        var row = byKey[(int)detail] ??= connection.Statement(Sql.ByKey(detail));
        row.Bind(1, collection);
        row.BindBorrowedText(2, id, length);
        try
        {
            return !row.Step() || !RecordRow.IsVisible(row, includeDeleted, now) ? null
                : detail == RecordDetail.Keys ? RecordRow.ReadKeys(row, key)
                : RecordRow.Read(row, key);
        }
        finally
        {
            row.Reset();
        }
    }

    private SqliteStatement Prepared(ScanRequest request, bool isAfter)
    {
        var isIndex = request.Range.Index is not null;
        var shape = ((int)request.Detail * 8) + (isIndex ? 4 : 0) + (request.IsReverse ? 2 : 0) + (isAfter ? 1 : 0);
        return scans[shape] ??= connection.Statement(isIndex
            ? Sql.Entries(request.Detail, request.IsReverse, isAfter)
            : Sql.Ids(request.Detail, request.IsReverse, isAfter));
    }
}
