using Npgsql;

namespace Undercroft.Postgres.Reading;

/// <summary>Fills one page of the feed: whole commits, the records of each in the order of their keys.</summary>
/// <param name="detail">How much of each record it has.</param>
/// <param name="limit">About how many.</param>
/// <param name="bytesMax">About how long their values are together.</param>
/// <param name="edge">The first transaction that followers may not be shown yet.</param>
internal sealed class FeedPageBuilder(RecordDetail detail, int limit, long bytesMax, ulong edge)
{
    private const int Which = FeedState.Columns + RecordRow.Columns;

    private readonly List<StoreRecord> changes = [];
    private int commitStart;
    private int? heldBackStart;
    private long bytes;

    /// <summary>The latest commit on the page.</summary>
    public FeedSpot Through { get; private set; }

    /// <summary>Whether the page holds something that followers may not be shown yet.</summary>
    public bool HasHeldBack => heldBackStart is not null;

    /// <summary>Adds the change of a row; false where the page is full, and another commit begins.</summary>
    public bool TryAdd(NpgsqlDataReader row)
    {
        var spot = new FeedSpot(row.GetFieldValue<ulong>(Which + 2), row.GetInt64(FeedState.Columns));
        if (spot != Through)
        {
            if (changes.Count >= limit || bytes >= bytesMax)
            {
                return false;
            }

            EndCommit();
            Through = spot;
            heldBackStart ??= spot.Xid >= edge ? changes.Count : null;
        }

        var key = RecordRow.Key(row.GetString(Which), row.GetString(Which + 1));
        var record = RecordRow.Read(row, key, detail, FeedState.Columns);
        bytes += record.Value.Length;
        changes.Add(record);
        return true;
    }

    /// <summary>Takes off what followers may not be shown yet.</summary>
    public void DropHeldBack()
    {
        var start = heldBackStart ?? changes.Count;
        changes.RemoveRange(start, changes.Count - start);
        commitStart = Math.Min(commitStart, start);
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
