namespace Undercroft.Backends;

/// <summary>Fills pages within their limits, by items and by bytes.</summary>
public static class PageBuilder
{
    /// <summary>Takes one page of a walk.</summary>
    /// <param name="walk">The items from the place on where the page begins; at least one more than fits tells that the
    /// range goes on.</param>
    /// <param name="limit">The most items, from <see cref="CommitGuard.Check(ScanRequest, StoreInfo)"/>.</param>
    /// <param name="limits">The store's limits.</param>
    /// <param name="shape">Makes of an item what the caller gets.</param>
    public static ScanPage Scan(
        IEnumerable<ScanItem> walk, int limit, StoreLimits limits, Func<StoreRecord, StoreRecord> shape)
    {
        ArgumentNullException.ThrowIfNull(walk);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(shape);

        var items = new List<ScanItem>(Math.Min(limit, 128));
        var bytes = 0L;
        foreach (var item in walk)
        {
            if (items.Count == limit || bytes >= limits.PageBytesMax)
            {
                var last = items[^1];
                return new ScanPage(items, new ScanPosition(last.EntryKey, last.Record.Key.Id));
            }

            var record = shape(item.Record);
            bytes += record.Value.Length;
            items.Add(item with { Record = record });
        }

        return new ScanPage(items, null);
    }

    /// <summary>Takes one page of the feed; it never ends inside a commit.</summary>
    /// <param name="walk">Records and tombstones by revision from the place on where the page begins.</param>
    /// <param name="request">What the caller asked.</param>
    /// <param name="limit">About how many changes, from
    /// <see cref="CommitGuard.Check(ChangesRequest, StoreInfo)"/>.</param>
    /// <param name="limits">The store's limits.</param>
    /// <param name="latest">The store's latest revision, of the same snapshot.</param>
    /// <param name="shape">Makes of a record what the caller gets.</param>
    /// <param name="through">The revision the page reaches.</param>
    public static (IReadOnlyList<StoreRecord> Changes, bool HasMore) Changes(
        IEnumerable<StoreRecord> walk,
        ChangesRequest request,
        int limit,
        StoreLimits limits,
        long latest,
        Func<StoreRecord, StoreRecord> shape,
        out long through)
    {
        ArgumentNullException.ThrowIfNull(walk);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(shape);

        var changes = new List<StoreRecord>(Math.Min(limit, 128));
        var bytes = 0L;
        through = 0;
        foreach (var record in walk)
        {
            var isFull = changes.Count >= limit || bytes >= limits.PageBytesMax;
            if (isFull && record.Revision.Value != through)
            {
                return (changes, true);
            }

            through = record.Revision.Value;
            if (IsWanted(record, request))
            {
                var shaped = shape(record);
                bytes += shaped.Value.Length;
                changes.Add(shaped);
            }
        }

        through = latest;
        return (changes, false);
    }

    private static bool IsWanted(StoreRecord record, ChangesRequest request) =>
        (request.Collections is null || request.Collections.Contains(record.Key.Collection)) &&
        (request.ExceptOrigin is null || record.Origin != request.ExceptOrigin);
}
