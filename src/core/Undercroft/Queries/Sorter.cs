using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Keeps the first rows of a sort, and no more of them than are wanted.</summary>
/// <param name="keys">Gives the keys.</param>
/// <param name="kept">How many rows to keep.</param>
/// <param name="after">Only rows behind this place count; null means all.</param>
internal sealed class Sorter(SortKeys keys, int kept, RowPlace? after)
{
    // Places go into cursors: of longer keys the beginning counts, then the id. No key of an index is longer by
    // default.
    private const int KeyBytesMax = 2_048;

    private static readonly Comparer<Row> LastFirst =
        Comparer<Row>.Create(static (a, b) => RowOrder.Compare(b, a, isReverse: false));

    private readonly PriorityQueue<Row, Row> rows = new(LastFirst);
    private readonly IndexKeyWriter writer = new();

    /// <summary>Whether rows were left out because others come first.</summary>
    public bool HasMore { get; private set; }

    private ReadOnlySpan<byte> Key => writer.Written[..Math.Min(writer.Length, KeyBytesMax)];

    public void Add(StoreRecord record)
    {
        keys.Write(record, writer);
        var isFull = rows.Count == kept;
        if (isFull && IsBehindLast(record.Key.Id))
        {
            HasMore = true;
            return;
        }

        var key = Key.ToArray();
        var row = new Row(record, key, key, 0);
        if (after is not null && RowOrder.Compare(row, after, isReverse: false) <= 0)
        {
            return;
        }

        rows.Enqueue(row, row);
        if (isFull)
        {
            HasMore = true;
            _ = rows.Dequeue();
        }
    }

    /// <summary>The rows kept, in order.</summary>
    public Row[] ToRows()
    {
        var sorted = new Row[rows.Count];
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            sorted[i] = rows.Dequeue();
        }

        return sorted;
    }

    private bool IsBehindLast(string id)
    {
        var last = rows.Peek();
        var order = Key.SequenceCompareTo(last.Position.Span);
        return (order != 0 ? order : Utf8Order.Compare(id, last.Record.Key.Id)) > 0;
    }
}
