using Undercroft.Backends;

namespace Undercroft;

/// <summary>Fills new indexes with the documents that were there before.</summary>
/// <remarks>A document that is filled in keeps its value, times, tags and expiry; its revision grows, because it was
/// written. The work can be stopped anywhere: what is done is found done.</remarks>
internal static class IndexBuilder
{
    private const int PageSize = 200;

    public static async ValueTask FillAsync(
        IStore store, string collection, CollectionIndexes indexes, CancellationToken cancellationToken)
    {
        var request = new ScanRequest { Collection = collection, Limit = PageSize, Detail = RecordDetail.Complete };
        ScanPage page;
        do
        {
            page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            var puts = page.Items
                .Select(item => Fill(item.Record, indexes))
                .OfType<StoreOperation>()
                .ToList();
            await CommitAsync(store, puts, cancellationToken).ConfigureAwait(false);
            request = request with { After = page.Next };
        }
        while (page.Next is not null);
    }

    private static PutOperation? Fill(StoreRecord record, CollectionIndexes indexes)
    {
        var entries = EntrySet.Normalize(indexes.EntriesOf(record.Key, record.Value, record.Meta));
        return record.Entries.SequenceEqual(entries)
            ? null
            : new PutOperation(record.Key, record.Value, WriteCondition.At(record.Revision))
            {
                Meta = record.Meta,
                Entries = entries,
                ExpiresAt = record.ExpiresAt,
                CreatedAt = record.CreatedAt,
                UpdatedAt = record.UpdatedAt,
            };
    }

    private static async ValueTask CommitAsync(
        IStore store, List<StoreOperation> puts, CancellationToken cancellationToken)
    {
        while (puts.Count > 0)
        {
            var result = await store.CommitAsync(new Commit(puts), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                return;
            }

            if (result.Conflicts.FirstOrDefault(static conflict => conflict.Kind == ConflictKind.Unique) is not null)
            {
                throw Conflicts.ToException(
                    [.. result.Conflicts.Where(static conflict => conflict.Kind == ConflictKind.Unique)],
                    position => puts[position].Condition);
            }

            // Whoever wrote a document meanwhile has written it with the new index: leave it to them.
            var lost = result.Conflicts.Select(static conflict => conflict.Operation).ToHashSet();
            puts = [.. puts.Where((_, position) => !lost.Contains(position))];
        }
    }
}
