using Undercroft.Backends;
using Undercroft.Indexes;
using Undercroft.Migrations;

namespace Undercroft;

/// <summary>Fills new indexes with the documents that were there before, and empties those that are dropped.</summary>
/// <remarks>A document that is filled in keeps its value, times, tags and expiry; its revision grows, because it was
/// written. The work can be stopped anywhere: what is done is found done.</remarks>
internal static class IndexBuilder
{
    private const int PageSize = 200;

    /// <returns>Whether the indexes were these to the end; otherwise others were declared, and have to be filled in
    /// too.</returns>
    public static ValueTask<bool> TryFillAsync(
        IStore store, CollectionShape shape, CollectionIndexes indexes, CancellationToken cancellationToken) =>
        TryChangeAsync(
            store, shape.Name, record => Fill(record, indexes, shape.Form), indexes.Check, cancellationToken);

    /// <summary>Takes entries out of all documents.</summary>
    /// <returns>Whether the indexes were the same to the end.</returns>
    public static ValueTask<bool> TryClearAsync(
        IStore store,
        string collection,
        Func<string, bool> isGone,
        CheckOperation check,
        CancellationToken cancellationToken) =>
        TryChangeAsync(store, collection, record => Clear(record, isGone), check, cancellationToken);

    private static async ValueTask<bool> TryChangeAsync(
        IStore store,
        string collection,
        Func<StoreRecord, PutOperation?> change,
        CheckOperation check,
        CancellationToken cancellationToken)
    {
        // A commit holds a page and the check.
        var limit = Math.Clamp(store.Info.Limits.OperationsMax - 1, 1, PageSize);
        var request = new ScanRequest { Collection = collection, Limit = limit, Detail = RecordDetail.Complete };
        ScanPage page;
        do
        {
            page = await store.ScanAsync(request, cancellationToken).ConfigureAwait(false);
            var puts = page.Items.Select(item => change(item.Record)).OfType<StoreOperation>().ToList();
            if (!await TryCommitAsync(store, puts, check, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            request = request with { After = page.Next };
        }
        while (page.Next is not null);

        return true;
    }

    private static PutOperation? Clear(StoreRecord record, Func<string, bool> isGone)
    {
        var kept = record.Entries.Where(entry => !isGone(IndexSet.IndexOf(entry))).ToList();
        return kept.Count == record.Entries.Count ? null : Put(record, kept);
    }

    private static PutOperation? Fill(StoreRecord record, CollectionIndexes indexes, DocumentForm form)
    {
        if (form.Indexed(record, indexes.Schema) is not { } indexed)
        {
            return null;
        }

        var entries = EntrySet.Normalize(indexes.EntriesOf(record.Key, indexed, record.Meta));
        return record.Entries.SequenceEqual(entries) ? null : Put(record, entries);
    }

    private static PutOperation Put(StoreRecord record, IReadOnlyList<IndexEntry> entries) =>
        new(record.Key, record.Value, WriteCondition.At(record.Revision))
        {
            Meta = record.Meta,
            Entries = entries,
            ExpiresAt = record.ExpiresAt,
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
        };

    private static async ValueTask<bool> TryCommitAsync(
        IStore store, List<StoreOperation> puts, CheckOperation check, CancellationToken cancellationToken)
    {
        while (puts.Count > 0)
        {
            // Without the check, entries of an index declared meanwhile, and filled in already, would be taken out.
            var result = await store.CommitAsync(new Commit([.. puts, check]), cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                return true;
            }

            if (IndexCatalog.IsStale(result, puts.Count))
            {
                return false;
            }

            // Whoever wrote a document meanwhile has written it with the new index: leave it to them. What is not
            // unique is told of only where nothing has changed: it may have been mended.
            var lost = result.Conflicts
                .Where(static conflict => conflict.Kind == ConflictKind.Condition)
                .Select(static conflict => conflict.Operation)
                .ToHashSet();
            if (lost.Count == 0)
            {
                throw Conflicts.ToException(result.Conflicts, position => puts[position].Condition);
            }

            puts = [.. puts.Where((_, position) => !lost.Contains(position))];
        }

        return true;
    }
}
