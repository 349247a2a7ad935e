namespace Undercroft.Backends;

/// <summary>A whole store's records in memory, as one snapshot that never changes: by key, by index entry, by revision
/// and by expiry. The memory store is one; the files store keeps one of its records without their values.</summary>
public sealed class RecordTable : ICommitState
{
    private readonly SortedTree<KeyRow, KeyRow.Order> live;
    private readonly SortedTree<KeyRow, KeyRow.Order> deleted;
    private readonly SortedTree<EntryRow, EntryRow.Order> entries;
    private readonly SortedTree<NumberRow, NumberRow.Order> feed;
    private readonly SortedTree<NumberRow, NumberRow.Order> expiries;

    private RecordTable(
        SortedTree<KeyRow, KeyRow.Order> live,
        SortedTree<KeyRow, KeyRow.Order> deleted,
        SortedTree<EntryRow, EntryRow.Order> entries,
        SortedTree<NumberRow, NumberRow.Order> feed,
        SortedTree<NumberRow, NumberRow.Order> expiries)
    {
        this.live = live;
        this.deleted = deleted;
        this.entries = entries;
        this.feed = feed;
        this.expiries = expiries;
    }

    /// <summary>The table with nothing in it.</summary>
    public static RecordTable Empty { get; } = new(
        SortedTree<KeyRow, KeyRow.Order>.Empty,
        SortedTree<KeyRow, KeyRow.Order>.Empty,
        SortedTree<EntryRow, EntryRow.Order>.Empty,
        SortedTree<NumberRow, NumberRow.Order>.Empty,
        SortedTree<NumberRow, NumberRow.Order>.Empty);

    /// <summary>How many records there are, expired ones included, tombstones not.</summary>
    public int Count => live.Count;

    /// <summary>How many tombstones there are.</summary>
    public int TombstoneCount => deleted.Count;

    /// <summary>Finds a record or its tombstone.</summary>
    /// <returns>The record as it was put in, or null where there was never one.</returns>
    public StoreRecord? Find(RecordKey key) =>
        live.TryFind(new KeyRow(key, null), out var row) || deleted.TryFind(new KeyRow(key, null), out row)
            ? row.Record
            : null;

    /// <inheritdoc/>
    StoreRecord? ICommitState.Find(RecordKey key, bool withValue) => Find(key);

    /// <inheritdoc/>
    public void FindHolders(
        string collection, string index, ReadOnlyMemory<byte> entryKey, DateTimeOffset now, ICollection<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var probe = new EntryRow(collection, index, entryKey, null);
        foreach (var row in entries.From(probe, isBounded: true, isInclusive: true, isReverse: false))
        {
            if (row.Collection != collection || row.Index != index || !row.Key.Span.SequenceEqual(entryKey.Span))
            {
                return;
            }

            if (Find(new RecordKey(collection, row.Id!))?.IsLiveAt(now) == true)
            {
                ids.Add(row.Id!);
            }
        }
    }

    /// <summary>Makes a table with the writes of a commit in it.</summary>
    /// <param name="writes">What to write; each <see cref="PlannedWrite.Before"/> must be what this table holds.
    /// </param>
    public RecordTable With(IReadOnlyList<PlannedWrite> writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        var edit = new TableEdit(live, deleted, entries, feed, expiries);
        for (var i = 0; i < writes.Count; i++)
        {
            edit.Replace(writes[i].Before, writes[i].After);
        }

        return edit.ToTable();
    }

    /// <summary>Makes a table without some tombstones.</summary>
    public RecordTable Without(IEnumerable<StoreRecord> tombstones)
    {
        ArgumentNullException.ThrowIfNull(tombstones);
        var edit = new TableEdit(live, deleted, entries, feed, expiries);
        foreach (var tombstone in tombstones)
        {
            edit.Replace(tombstone, null);
        }

        return edit.ToTable();
    }

    /// <summary>Walks live records of a range in order. The caller stops where its page is full.</summary>
    /// <param name="request">The range, the direction, and the place to begin after.</param>
    /// <param name="now">The instant that decides expiry.</param>
    public IEnumerable<ScanItem> Scan(ScanRequest request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Range.Index is null ? TableScan.Ids(live, request, now) : ScanIndex(request, now);
    }

    /// <summary>Walks records and tombstones by revision, then by key; expired ones are left out.</summary>
    /// <param name="after">The revision to begin after.</param>
    /// <param name="now">The instant that decides expiry.</param>
    public IEnumerable<StoreRecord> Changes(long after, DateTimeOffset now)
    {
        var probe = new NumberRow(after + 1, default);
        foreach (var row in feed.From(probe, isBounded: true, isInclusive: true, isReverse: false))
        {
            var record = Find(row.Key)!;
            if (record.IsDeleted || record.IsLiveAt(now))
            {
                yield return record;
            }
        }
    }

    /// <summary>Walks records that have expired by an instant, the longest expired first.</summary>
    public IEnumerable<StoreRecord> Expired(DateTimeOffset now)
    {
        foreach (var row in expiries.From(default, isBounded: false, isInclusive: true, isReverse: false))
        {
            if (row.Number > now.UtcTicks)
            {
                yield break;
            }

            yield return Find(row.Key)!;
        }
    }

    /// <summary>Walks all records, live and expired, by key.</summary>
    public IEnumerable<StoreRecord> Records() =>
        live.From(default, isBounded: false, isInclusive: true, isReverse: false).Select(static row => row.Record!);

    /// <summary>Walks all tombstones, by key.</summary>
    public IEnumerable<StoreRecord> Tombstones() =>
        deleted.From(default, isBounded: false, isInclusive: true, isReverse: false).Select(static row => row.Record!);

    internal void VerifyEntries(long expected, List<string> problems)
    {
        foreach (var row in entries.From(default, isBounded: false, isInclusive: true, isReverse: false))
        {
            var record = Find(new RecordKey(row.Collection, row.Id!));
            if (record?.Entries.Contains(new IndexEntry(row.Index, row.Key)) != true &&
                record?.Entries.Contains(new IndexEntry(row.Index, row.Key, IsUnique: true)) != true)
            {
                problems.Add(
                    $"Index {Names.Show(row.Index)} of {Names.Show(row.Collection)} names {Names.Show(row.Id)}, " +
                    "which does not hold that key.");
            }
        }

        if (entries.Count != expected)
        {
            problems.Add($"The records hold {expected} index entries; the indexes hold {entries.Count}.");
        }

        if (feed.Count != live.Count + deleted.Count)
        {
            problems.Add($"The feed names {feed.Count} records; there are {live.Count + deleted.Count}.");
        }
    }

    private IEnumerable<ScanItem> ScanIndex(ScanRequest request, DateTimeOffset now)
    {
        foreach (var row in TableScan.Entries(entries, request))
        {
            if (Find(new RecordKey(row.Collection, row.Id!)) is { } record && record.IsLiveAt(now))
            {
                yield return new ScanItem(record, row.Key);
            }
        }
    }

    /// <summary>The five trees of a table, in change.</summary>
    private sealed class TableEdit(
        SortedTree<KeyRow, KeyRow.Order> live,
        SortedTree<KeyRow, KeyRow.Order> deleted,
        SortedTree<EntryRow, EntryRow.Order> entries,
        SortedTree<NumberRow, NumberRow.Order> feed,
        SortedTree<NumberRow, NumberRow.Order> expiries)
    {
        private readonly SortedTree<KeyRow, KeyRow.Order>.Edit live = live.BeginEdit();
        private readonly SortedTree<KeyRow, KeyRow.Order>.Edit deleted = deleted.BeginEdit();
        private readonly SortedTree<EntryRow, EntryRow.Order>.Edit entries = entries.BeginEdit();
        private readonly SortedTree<NumberRow, NumberRow.Order>.Edit feed = feed.BeginEdit();
        private readonly SortedTree<NumberRow, NumberRow.Order>.Edit expiries = expiries.BeginEdit();

        public void Replace(StoreRecord? before, StoreRecord? after)
        {
            if (before is not null)
            {
                feed.Remove(new NumberRow(before.Revision.Value, before.Key));
                if (before.ExpiresAt is { } expired)
                {
                    expiries.Remove(new NumberRow(expired.UtcTicks, before.Key));
                }

                if (before.IsDeleted != after?.IsDeleted)
                {
                    (before.IsDeleted ? deleted : live).Remove(new KeyRow(before.Key, null));
                }
            }

            if (after is not null)
            {
                feed.Set(new NumberRow(after.Revision.Value, after.Key));
                if (after.ExpiresAt is { } expires)
                {
                    expiries.Set(new NumberRow(expires.UtcTicks, after.Key));
                }

                (after.IsDeleted ? deleted : live).Set(new KeyRow(after.Key, after));
            }

            ReplaceEntries(before?.Entries ?? [], after?.Entries ?? [], (after ?? before)!.Key);
        }

        public RecordTable ToTable() =>
            new(live.ToTree(), deleted.ToTree(), entries.ToTree(), feed.ToTree(), expiries.ToTree());

        private void ReplaceEntries(
            IReadOnlyList<IndexEntry> before, IReadOnlyList<IndexEntry> after, RecordKey key)
        {
            if (before.Count == 0 && after.Count == 0)
            {
                return;
            }

            EntrySet.Difference(
                before,
                after,
                removed => entries.Remove(new EntryRow(key.Collection, removed.Index, removed.Key, key.Id)),
                added => entries.Set(new EntryRow(key.Collection, added.Index, added.Key, key.Id)));
        }
    }
}
