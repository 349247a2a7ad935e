using System.Collections.Concurrent;
using System.Text.Json;
using Undercroft.Indexes;

namespace Undercroft;

/// <summary>Knows the indexes of each collection, and builds those that are newly declared.</summary>
/// <remarks>
/// Definitions are data in the store. Every write checks, in its own commit, that it has computed entries for exactly
/// the indexes there are: a process that has not heard of a new index is refused, reads the record again and writes
/// again. So from the moment an index is declared nothing is written without it, and what was there before is filled
/// in behind.
/// </remarks>
internal sealed class IndexCatalog(IStore store)
{
    public const string Collection = "$indexes";

    private readonly ConcurrentDictionary<string, CollectionIndexes> known = new(StringComparer.Ordinal);

    public static RecordKey KeyOf(string collection) => new(Collection, collection);

    /// <summary>Says whether a commit was refused because its catalog check, at the given position, failed.</summary>
    public static bool IsStale(CommitResult result, int checkAt)
    {
        for (var i = 0; i < result.Conflicts.Count; i++)
        {
            if (result.Conflicts[i].Operation == checkAt)
            {
                return true;
            }
        }

        return false;
    }

    public static StoreException KeepsChanging(string collection) => new(
        StoreErrorKind.Conflict,
        $"Cannot write to {Names.Show(collection)}: its indexes keep being redeclared by others. Try again later.")
    {
        IsTransient = true,
    };

    /// <summary>Gives a collection's indexes, with those declared built.</summary>
    public ValueTask<CollectionIndexes> GetAsync(
        string collection, IReadOnlyList<IndexDefinition> declared, CancellationToken cancellationToken)
    {
        return known.TryGetValue(collection, out var indexes) && indexes.HasAll(declared)
            ? new(indexes)
            : LoadAsync(collection, declared, cancellationToken);
    }

    public void Forget(string collection) => known.TryRemove(collection, out _);

    private async ValueTask<CollectionIndexes> LoadAsync(
        string collection, IReadOnlyList<IndexDefinition> declared, CancellationToken cancellationToken)
    {
        var indexes = await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
        while (!indexes.HasAll(declared))
        {
            if (store.Info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
            {
                // Queries do without what cannot be built here.
                return indexes;
            }

            var missing = declared
                .Where(definition => !indexes.All.Contains(definition))
                .Select(static definition => new StoredIndex(definition, IsReady: false))
                .ToList();
            if (missing.Count > 0)
            {
                indexes = await SaveAsync(collection, indexes, [.. indexes.Stored, .. missing], cancellationToken)
                    .ConfigureAwait(false);
                continue;
            }

            var ready = indexes.Stored.Select(static index => index with { IsReady = true }).ToList();
            indexes = await IndexBuilder.TryFillAsync(store, collection, indexes, cancellationToken)
                .ConfigureAwait(false)
                ? await SaveAsync(collection, indexes, ready, cancellationToken).ConfigureAwait(false)
                : await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
        }

        known[collection] = indexes;
        return indexes;
    }

    private async ValueTask<CollectionIndexes> ReadAsync(string collection, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(KeyOf(collection), default, cancellationToken).ConfigureAwait(false);
        if (read[0] is not { } record)
        {
            return new CollectionIndexes(collection, Revision.None, []);
        }

        try
        {
            var stored = JsonSerializer.Deserialize(record.Value.Span, StorageJson.Default.StoredIndexesV1);
            return new CollectionIndexes(collection, record.Revision, stored?.Indexes ?? []);
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"The record {Names.Show(record.Key.ToString())}, which lists the indexes of " +
                $"{Names.Show(collection)}, cannot be read: {error.Message} Delete it to have the indexes built again.",
                error);
        }
    }

    private async ValueTask<CollectionIndexes> SaveAsync(
        string collection,
        CollectionIndexes before,
        IReadOnlyList<StoredIndex> after,
        CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new StoredIndexesV1(after), StorageJson.Default.StoredIndexesV1);
        var put = new PutOperation(KeyOf(collection), bytes, WriteCondition.At(before.Revision));
        var result = await store.CommitAsync(new Commit(put), cancellationToken).ConfigureAwait(false);

        // Where somebody else was faster, what they wrote is read and judged anew.
        return result.IsCommitted
            ? new CollectionIndexes(collection, result.Revision, after)
            : await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
    }
}
