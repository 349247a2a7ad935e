using System.Text.Json;
using Undercroft.Backends;

namespace Undercroft.Copies;

/// <summary>Brings the indexes of two stores together, where one is copied into another that keeps records of its own.
/// </summary>
/// <remarks>
/// What is copied gets entries for the indexes of the target too. The target gets the indexes of the source, not ready
/// where it did not have them: writers keep them from then on, and the next to use one fills it.
/// </remarks>
internal static class IndexMerge
{
    /// <summary>Makes of a batch what fits the target, and checks that the target's indexes are still the ones that
    /// were looked at.</summary>
    public static async ValueTask<IReadOnlyList<StoreOperation>> ApplyAsync(
        IStore target, IReadOnlyList<StoreOperation> batch, CancellationToken cancellationToken)
    {
        var lists = await ReadAsync(target, batch, cancellationToken).ConfigureAwait(false);
        var merged = new List<StoreOperation>(batch.Count + lists.Count);

        // A list that is gone in the source says nothing about the target's.
        merged.AddRange(batch
            .OfType<PutOperation>()
            .Where(static put => put.Key.Collection == IndexCatalog.Collection)
            .Select(put => Merge(put, lists[put.Key.Id])));
        merged.AddRange(lists.Values
            .Where(list => !merged.Exists(operation => operation.Key == list.Check.Key))
            .Select(static list => list.Check));
        merged.AddRange(batch
            .Where(static operation => operation.Key.Collection != IndexCatalog.Collection)
            .Select(operation => operation is PutOperation put && lists.TryGetValue(put.Key.Collection, out var ours)
                ? Complete(put, ours)
                : operation));
        return merged;
    }

    // By collection: the target's lists of indexes, of the collections written to and of those with a list in the
    // batch.
    private static async ValueTask<Dictionary<string, CollectionIndexes>> ReadAsync(
        IStore target, IReadOnlyList<StoreOperation> batch, CancellationToken cancellationToken)
    {
        var names = batch
            .OfType<PutOperation>()
            .Select(static put => put.Key.Collection == IndexCatalog.Collection ? put.Key.Id : put.Key.Collection)
            .Distinct()
            .ToList();
        var lists = new Dictionary<string, CollectionIndexes>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var key = IndexCatalog.KeyOf(name);
            var read = await target.ReadAsync(key, default, cancellationToken).ConfigureAwait(false);
            lists[name] = new CollectionIndexes(
                name, read[0]?.Revision ?? Revision.None, read[0] is { } found ? Parse(key, found.Value) : []);
        }

        return lists;
    }

    private static StoreOperation Merge(PutOperation put, CollectionIndexes ours)
    {
        var added = Parse(put.Key, put.Value)
            .Where(index => !ours.All.Contains(index.Definition))
            .Select(static index => index with { IsReady = false })
            .ToList();
        return added.Count == 0
            ? ours.Check
            : new PutOperation(
                put.Key,
                JsonSerializer.SerializeToUtf8Bytes(
                    new StoredIndexesV1([.. ours.Stored, .. added]), StorageJson.Default.StoredIndexesV1),
                ours.Check.Condition);
    }

    private static PutOperation Complete(PutOperation put, CollectionIndexes ours) => ours.All.Count == 0
        ? put
        : new PutOperation(put.Key, put.Value, put.Condition)
        {
            Meta = put.Meta,
            Entries = EntrySet.Normalize([.. put.Entries, .. ours.EntriesOf(put.Key, put.Value, put.Meta)]),
            CreatedAt = put.CreatedAt,
            UpdatedAt = put.UpdatedAt,
            ExpiresAt = put.ExpiresAt,
        };

    private static IReadOnlyList<StoredIndex> Parse(RecordKey key, ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, StorageJson.Default.StoredIndexesV1)?.Indexes ?? [];
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"Cannot copy {Names.Show(key.ToString())}: it is no list of indexes ({error.Message}). Copy into an " +
                "empty store, which takes it as it is.",
                error);
        }
    }
}
