namespace Undercroft.Backends;

/// <summary>Walks ranges of a <see cref="RecordTable"/>'s trees.</summary>
internal static class TableScan
{
    public static IEnumerable<ScanItem> Ids(
        SortedTree<KeyRow, KeyRow.Order> tree, ScanRequest request, DateTimeOffset now)
    {
        var range = IdBounds.Of(request.Range);
        foreach (var row in IdsFrom(tree, request, range))
        {
            if (row.Key.Collection != request.Collection)
            {
                yield break;
            }

            if (request.IsReverse ? range.IsBelow(row.Key.Id) : range.IsAbove(row.Key.Id))
            {
                yield break;
            }

            if (row.Record!.IsLiveAt(now))
            {
                yield return new ScanItem(row.Record, default);
            }
        }
    }

    public static IEnumerable<EntryRow> Entries(SortedTree<EntryRow, EntryRow.Order> tree, ScanRequest request)
    {
        foreach (var row in EntriesFrom(tree, request))
        {
            if (row.Collection != request.Collection || row.Index != request.Range.Index)
            {
                yield break;
            }

            var isPast = request.IsReverse
                ? row.Key.Span.SequenceCompareTo(request.Range.FromKey.Span) < 0
                : request.Range.BeforeKey is { } before && row.Key.Span.SequenceCompareTo(before.Span) >= 0;
            if (isPast)
            {
                yield break;
            }

            yield return row;
        }
    }

    // The least name above a collection, or above an index, is its own followed by U+0000: no name holds that.
    private static string Above(string name) => name + '\0';

    private static IEnumerable<KeyRow> IdsFrom(
        SortedTree<KeyRow, KeyRow.Order> tree, ScanRequest request, IdBounds range)
    {
        var (collection, id, isInclusive) = (request.IsReverse, request.After) switch
        {
            (false, { } after) when !range.IsBelow(after.Id) => (request.Collection, after.Id, false),
            (false, _) => (request.Collection, range.From, true),
            (true, { } after) when !range.IsAbove(after.Id) => (request.Collection, after.Id, false),
            (true, _) when range.Before is { } before => (request.Collection, before, false),
            (true, _) => (Above(request.Collection), string.Empty, false),
        };
        return tree.From(
            new KeyRow(RecordKey.Bound(collection, id), null), isBounded: true, isInclusive, request.IsReverse);
    }

    private static IEnumerable<EntryRow> EntriesFrom(SortedTree<EntryRow, EntryRow.Order> tree, ScanRequest request)
    {
        var range = request.Range;
        var first = new EntryRow(request.Collection, range.Index!, range.FromKey, null);
        var end = range.BeforeKey is { } before
            ? new EntryRow(request.Collection, range.Index!, before, null)
            : new EntryRow(request.Collection, Above(range.Index!), default, null);
        var order = default(EntryRow.Order);
        var probe = request.IsReverse ? end : first;
        if (request.After is { } after)
        {
            var place = new EntryRow(request.Collection, range.Index!, after.EntryKey, after.Id);
            var isInside = request.IsReverse ? order.Compare(place, end) < 0 : order.Compare(place, first) > 0;
            probe = isInside ? place : probe;
        }

        return tree.From(probe, isBounded: true, isInclusive: false, request.IsReverse);
    }
}
