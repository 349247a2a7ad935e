namespace Undercroft.Queries;

/// <summary>Reads records by id, in the order of ids.</summary>
internal sealed class IdsCursor : IRowCursor
{
    private const int BatchMax = 500;

    private readonly IStore store;
    private readonly List<RecordKey> keys;
    private readonly ReadOptions options;
    private readonly int source;
    private readonly int batchMax;
    private readonly Queue<StoreRecord> found = new();
    private int next;

    public IdsCursor(IStore store, string collection, ScanSource plan, RowPlace? after, ReadOptions options, int source)
    {
        this.store = store;
        this.options = options;
        this.source = source;
        batchMax = Math.Min(BatchMax, store.Info.Limits.KeysPerReadMax);
        var ids = plan.Ids.Where(static id =>
            Utf8Order.ByteCount(id) <= RecordKey.IdBytesMax && !id.Contains('\0', StringComparison.Ordinal));
        keys = [.. (plan.IsReverse ? ids.Reverse() : ids).Select(id => new RecordKey(collection, id))];
        if (after is not null)
        {
            var sign = plan.IsReverse ? -1 : 1;
            _ = keys.RemoveAll(key => sign * Utf8Order.Compare(key.Id, after.Id) <= 0);
        }
    }

    public Row Current { get; private set; }

    public bool MayHaveMore => found.Count > 0 || next < keys.Count;

    public async ValueTask<bool> MoveAsync(int wanted, CancellationToken cancellationToken)
    {
        while (found.Count == 0 && next < keys.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = keys.GetRange(next, Math.Min(Math.Clamp(wanted, 1, batchMax), keys.Count - next));
            next += batch.Count;
            var read = await store.ReadAsync(new KeyList(batch), options, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < read.Count; i++)
            {
                if (read[i] is { } record)
                {
                    found.Enqueue(record);
                }
            }
        }

        if (!found.TryDequeue(out var current))
        {
            return false;
        }

        Current = new(current, default, default, source);
        return true;
    }
}
