using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;
using Undercroft.Sqlite.Schema;

namespace Undercroft.Sqlite.Writing;

/// <summary>Finds what has expired and what may be forgotten, a bounded number at a time.</summary>
internal sealed class UpkeepTables(SqliteConnection connection)
{
    private readonly SqliteStatement expired = connection.Statement(Sql.Expired);
    private readonly SqliteStatement forgettable = connection.Statement(Sql.Forgettable);
    private readonly SqliteStatement delete = connection.Statement(Sql.DeleteRecord);

    /// <summary>Adds to a list expired records, with their entries and rows, longest expired first.</summary>
    public void FindExpired(
        DateTimeOffset now, int max, WriterNames names, ICollection<(StoreRecord Record, long Row)> found)
    {
        expired.Bind(1, now.UtcTicks);
        expired.Bind(2, max);
        try
        {
            while (expired.Step())
            {
                var key = new RecordKey(
                    names.Name((int)expired.Number(RecordRow.Collection)), expired.String(RecordRow.Id));
                found.Add((RecordRow.Read(expired, key), expired.Number(RecordRow.Row)));
            }
        }
        finally
        {
            expired.Reset();
        }
    }

    /// <summary>Deletes tombstones, oldest first.</summary>
    /// <returns>How many, and the revision of the last.</returns>
    public (int Count, long Last) Forget(MaintenanceRequest request, long after, int max)
    {
        var rows = new List<long>(max);
        var last = after;
        forgettable.Bind(1, after);
        forgettable.Bind(2, request.Through?.Value ?? long.MaxValue);
        forgettable.Bind(3, request.Before?.UtcTicks ?? long.MaxValue);
        forgettable.Bind(4, max);
        try
        {
            while (forgettable.Step())
            {
                rows.Add(forgettable.Number(0));
                last = forgettable.Number(1);
            }
        }
        finally
        {
            forgettable.Reset();
        }

        foreach (var row in rows)
        {
            delete.Bind(1, row);
            delete.Run();
        }

        return (rows.Count, last);
    }
}
