using Npgsql;

namespace Undercroft.Postgres.Reading;

/// <summary>Fills one page of the feed: whole commits, the records of each in the order of their keys.</summary>
internal sealed class FeedPageBuilder(int limit, long bytesMax)
{
    private readonly List<StoreRecord> changes = [];
    private int commitStart;
    private long bytes;

    /// <summary>The latest commit on the page.</summary>
    public FeedSpot Through { get; private set; }

    /// <summary>Adds the change of a row; false where the page is full, and another commit begins.</summary>
    public bool TryAdd(NpgsqlDataReader row)
    {
        var spot = new FeedSpot(
            row.GetFieldValue<ulong>(FeedState.Columns + RecordRow.Columns), row.GetInt64(FeedState.Columns + 2));
        if (spot != Through)
        {
            if (changes.Count >= limit || bytes >= bytesMax)
            {
                return false;
            }

            EndCommit();
            Through = spot;
        }

        var record = RecordRow.Read(row, FeedState.Columns);
        bytes += record.Value.Length;
        changes.Add(record);
        return true;
    }

    /// <summary>Gives the page.</summary>
    public IReadOnlyList<StoreRecord> Finish()
    {
        EndCommit();
        return changes;
    }

    private void EndCommit()
    {
        if (changes.Count - commitStart > 1)
        {
            changes.Sort(
                commitStart,
                changes.Count - commitStart,
                Comparer<StoreRecord>.Create(static (a, b) => a.Key.CompareTo(b.Key)));
        }

        commitStart = changes.Count;
    }
}
