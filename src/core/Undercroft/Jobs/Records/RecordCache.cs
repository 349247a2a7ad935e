namespace Undercroft.Jobs.Records;

/// <summary>What was read of a store for one try of a judge: records as they were, and the heads of lists.</summary>
/// <param name="store">The store.</param>
/// <param name="now">The instant of the try.</param>
internal sealed class RecordCache(IStore store, DateTimeOffset now)
{
    private readonly Dictionary<RecordKey, StoreRecord?> records = [];
    private readonly Dictionary<JobPlace, RecordList> lists = [];
    private readonly Dictionary<(JobCellKind Kind, long Until), RecordList> cellLists = [];
    private readonly HashSet<RecordKey> missing = [];
    private readonly Dictionary<JobPlace, int> missingLists = [];
    private readonly Dictionary<(JobCellKind Kind, long Until), int> missingCells = [];

    public DateTimeOffset Now { get; } = now;

    /// <summary>Reads what the records hold.</summary>
    public RecordForm Form { get; } = new(store.Info.Backend);

    /// <summary>Whether the judge was told less than there may be: load, and run it again.</summary>
    public bool IsMissing => missing.Count > 0 || missingLists.Count > 0 || missingCells.Count > 0;

    public Revision RevisionOf(RecordKey key) => records.GetValueOrDefault(key)?.Revision ?? Revision.None;

    public StoreRecord? Find(RecordKey key)
    {
        if (!records.TryGetValue(key, out var record))
        {
            _ = missing.Add(key);
        }

        return record;
    }

    /// <summary>The ids at the head of a list, as far as they were read.</summary>
    public RecordList Head(in JobPlace place, int max)
    {
        if (!lists.TryGetValue(place, out var list) || (list.Keys.Count < max && !list.IsWhole))
        {
            missingLists[place] = Math.Max(max, missingLists.GetValueOrDefault(place));
        }

        return list ?? RecordList.Empty;
    }

    public RecordList Head(JobCellKind kind, long until, int max)
    {
        if (!cellLists.TryGetValue((kind, until), out var list) || (list.Keys.Count < max && !list.IsWhole))
        {
            missingCells[(kind, until)] = Math.Max(max, missingCells.GetValueOrDefault((kind, until)));
        }

        return list ?? RecordList.Empty;
    }

    /// <summary>Reads what was missing.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var (place, max) in missingLists)
        {
            lists[place] = await ScanAsync(RecordKeys.Jobs, RecordKeys.RangeOf(place), max, cancellationToken)
                .ConfigureAwait(false);
        }

        foreach (var (cells, max) in missingCells)
        {
            var range = RecordKeys.RangeOf(cells.Kind, cells.Until);
            cellLists[cells] = await ScanAsync(RecordKeys.Cells, range, max, cancellationToken).ConfigureAwait(false);
        }

        missing.ExceptWith(records.Keys);
        foreach (var keys in missing.Chunk(store.Info.Limits.KeysPerReadMax))
        {
            var read = await store
                .ReadAsync(keys, new ReadOptions { Now = Now }, cancellationToken)
                .ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
            {
                records[keys[i]] = read[i];
            }
        }

        missing.Clear();
        missingLists.Clear();
        missingCells.Clear();
    }

    private async ValueTask<RecordList> ScanAsync(
        string collection, ScanRange range, int max, CancellationToken cancellationToken)
    {
        var keys = new List<RecordKey>(max);
        var request = new ScanRequest { Collection = collection, Range = range, Limit = max, Now = Now };
        while (true)
        {
            var page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                keys.Add(item.Record.Key);

                // What was read before stays as it was: all of a try rests on one reading of each record.
                _ = records.TryAdd(item.Record.Key, item.Record);
            }

            if (page.Next is null || keys.Count >= max)
            {
                return new RecordList(keys, page.Next is null);
            }

            request = request with { After = page.Next, Limit = max - keys.Count };
        }
    }
}
