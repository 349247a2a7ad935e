using Undercroft.Backends;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;

namespace Undercroft.Sqlite.Upkeep;

/// <summary>Reads everything and reports what does not fit together: SQLite's own check first, then ours.</summary>
internal sealed class SqliteVerifier(
    SqliteConnection connection, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken)
{
    private const int ProblemsMax = 100;
    private const int ProgressEvery = 1000;

    private const string All = """
        SELECT r.row, r.collection, r.id, r.revision, r.deleted, r.created, r.updated, r.expires, r.origin, r.meta,
            r.entries, r.value
        FROM records r ORDER BY r.row
        """;

    internal const string EntryRow = """
        SELECT e.row FROM indexes i CROSS JOIN entries e
        WHERE i.collection = ?1 AND i.name = ?2 AND e.ix = i.number AND e.key = ?3 AND e.id = ?4
        """;

    private readonly List<string> problems = [];
    private readonly NameLookup names = new(connection, new NameTable());
    private long examined;
    private long entries;

    /// <summary>Verifies what the connection's snapshot holds.</summary>
    public MaintenanceReport Run()
    {
        var total = connection.Query("SELECT count(*) FROM records") ?? 0;
        CheckFile();
        CheckStore();
        CheckRecords(total);
        if (connection.Query("SELECT count(*) FROM entries") is var found && found != entries)
        {
            Report($"There are {found} index entries, the records have {entries}.");
        }

        CheckLanes();
        return new MaintenanceReport { Examined = examined, Problems = problems };
    }

    private void CheckFile()
    {
        using var check = new SqliteStatement(
            connection, FormattableString.Invariant($"PRAGMA integrity_check({ProblemsMax})"));
        while (check.Step())
        {
            if (check.String(0) is var line and not "ok")
            {
                Report($"SQLite: {line}.");
            }
        }
    }

    private void CheckStore()
    {
        var state = new StateReader(connection, new HistoryCache()).Read();
        var latest = connection.Query("SELECT max(revision) FROM records") ?? 0;
        if (latest > state.Sequence)
        {
            Report($"A record is at r{latest}, after the store's latest, r{state.Sequence}.");
        }

        if (state.Horizon > state.Sequence)
        {
            Report($"The store has forgotten through r{state.Horizon}, after its latest, r{state.Sequence}.");
        }

        var start = -1L;
        foreach (var segment in state.History.Segments)
        {
            if (segment.Start < start || segment.Start > state.Sequence)
            {
                Report($"The history has a stretch that begins at r{segment.Start}, out of order.");
            }

            start = segment.Start;
        }
    }

    private void CheckRecords(long total)
    {
        using var row = new SqliteStatement(connection, All);
        using var entry = new SqliteStatement(connection, EntryRow);
        while (row.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Check(row, entry);
            }
            catch (Exception error) when (error is InvalidDataException or ArgumentException)
            {
                Report($"The record in row {row.Number(RecordRow.Row)} is damaged: {error.Message}");
            }

            if (++examined % ProgressEvery == 0)
            {
                progress?.Report((examined, total));
            }
        }

        progress?.Report((examined, total));
    }

    private void Check(SqliteStatement row, SqliteStatement entry)
    {
        var collection = (int)row.Number(RecordRow.Collection);
        var key = new RecordKey(names.Name(collection), row.String(RecordRow.Id));
        var record = RecordRow.Read(row, key);
        if (record.IsDeleted && (record.Entries.Count > 0 || !record.Value.IsEmpty || record.ExpiresAt is not null))
        {
            Report($"The tombstone {Names.Show(key.ToString())} has more than a tombstone may have.");
        }

        entries += record.Entries.Count;
        foreach (var (index, bytes, _) in record.Entries)
        {
            entry.Bind(1, collection);
            entry.Bind(2, index);
            entry.Bind(3, bytes.Span);
            entry.Bind(4, key.Id);
            if (entry.RunForNumber() != row.Number(RecordRow.Row))
            {
                Report($"{Names.Show(key.ToString())} is not found in its index {Names.Show(index)}.");
            }
        }
    }

    private void CheckLanes()
    {
        using var lane = new SqliteStatement(connection, "SELECT lane FROM lanes");
        while (lane.Step())
        {
            try
            {
                _ = new RecordReader(lane.Bytes(0).ToArray()).Lane();
            }
            catch (InvalidDataException error)
            {
                Report($"The results kept for a client are damaged: {error.Message}");
            }
        }
    }

    private void Report(FormattableString problem)
    {
        if (problems.Count < ProblemsMax)
        {
            problems.Add(FormattableString.Invariant(problem));
        }
    }
}
