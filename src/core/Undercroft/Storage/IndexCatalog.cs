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
internal sealed class IndexCatalog(IStore store, TimeProvider clock)
{
    public const string Collection = "$indexes";

    private static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (CollectionIndexes Indexes, long At)> known =
        new(StringComparer.Ordinal);

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

    /// <summary>Gives a collection's indexes, with those declared built, and its version raised to the program's.
    /// </summary>
    public ValueTask<CollectionIndexes> GetAsync(CollectionShape shape, CancellationToken cancellationToken)
    {
        return known.TryGetValue(shape.Name, out var entry) && entry.Indexes.HasAll(shape.Indexes) &&
            shape.Form.Raises(entry.Indexes.Schema) is null
                ? new(entry.Indexes)
                : LoadAsync(shape, cancellationToken);
    }

    /// <summary>Gives a collection's indexes to a query, which checks nothing by itself: it must hear before long that
    /// another process has taken the collection to another version.</summary>
    public ValueTask<CollectionIndexes> GetForQueryAsync(CollectionShape shape, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(shape.Name, out var entry) && clock.GetElapsedTime(entry.At) >= TrustedFor)
        {
            Forget(shape.Name);
        }

        return GetAsync(shape, cancellationToken);
    }

    /// <summary>Takes a collection to a version, be it a lower one; indexes are to be filled anew, which
    /// <see cref="GetAsync"/> does.</summary>
    public async ValueTask<CollectionIndexes> MoveAsync(
        string collection, string? schema, CancellationToken cancellationToken)
    {
        Forget(collection);
        var indexes = await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
        while (indexes.Schema != schema)
        {
            var unready = Unready(indexes);
            indexes = await SaveAsync(collection, indexes, unready, schema, cancellationToken).ConfigureAwait(false);
        }

        return indexes;
    }

    /// <summary>Drops all indexes of a name, with their entries.</summary>
    /// <returns>Those there were.</returns>
    public async ValueTask<IReadOnlyList<IndexDefinition>> DropAsync(
        string collection, string name, CancellationToken cancellationToken)
    {
        List<IndexDefinition> dropped = [];
        var indexes = await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
        while (indexes.All.Any(IsNamed))
        {
            dropped = [.. indexes.All.Where(IsNamed)];
            indexes = await SaveAsync(
                    collection,
                    indexes,
                    [.. indexes.Stored.Where(index => !IsNamed(index.Definition))],
                    indexes.Schema,
                    cancellationToken)
                .ConfigureAwait(false);
        }

        Forget(collection);
        while (!await IndexBuilder.TryClearAsync(store, collection, IsGone, indexes.Check, cancellationToken)
            .ConfigureAwait(false))
        {
            indexes = await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
        }

        return dropped;

        bool IsNamed(IndexDefinition index) => index.Name == name;

        // One that was declared anew meanwhile keeps its entries.
        bool IsGone(string storageName) =>
            storageName.StartsWith($"{name}#", StringComparison.Ordinal) &&
            !indexes.All.Any(index => index.StorageName == storageName);
    }

    /// <summary>Reads what the store says.</summary>
    public async ValueTask<CollectionIndexes> ReadAsync(string collection, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(KeyOf(collection), default, cancellationToken).ConfigureAwait(false);
        if (read[0] is not { } record)
        {
            return new CollectionIndexes(collection, Revision.None, [], null);
        }

        try
        {
            var stored = JsonSerializer.Deserialize(record.Value.Span, StorageJson.Default.StoredIndexesV1);
            return new CollectionIndexes(collection, record.Revision, stored?.Indexes ?? [], stored?.Schema);
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"The record {Names.Show(record.Key.ToString())}, which lists the indexes of " +
                $"{Names.Show(collection)}, cannot be read: {JsonPlace.Describe(error)}. Delete it to have the " +
                "indexes built again.",
                error);
        }
    }

    public void Forget(string collection) => known.TryRemove(collection, out _);

    private static List<StoredIndex> Unready(CollectionIndexes indexes) =>
        [.. indexes.Stored.Select(static index => index with { IsReady = false })];

    private async ValueTask<CollectionIndexes> LoadAsync(CollectionShape shape, CancellationToken cancellationToken)
    {
        var (collection, declared) = (shape.Name, shape.Indexes);
        var indexes = await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
        var isReadOnly = store.Info.Capabilities.HasFlag(StoreCapabilities.ReadOnly);
        while (shape.Form.Raises(indexes.Schema) is { } version && !isReadOnly)
        {
            var unready = Unready(indexes);
            indexes = await SaveAsync(collection, indexes, unready, version, cancellationToken).ConfigureAwait(false);
        }

        while (!indexes.HasAll(declared))
        {
            if (isReadOnly || !shape.Form.CanIndex(indexes.Schema))
            {
                // Queries do without what cannot be built here.
                return indexes;
            }

            var missing = declared
                .Where(definition => !indexes.All.Contains(definition))
                .Select(static definition => new StoredIndex(definition, IsReady: false, IsNew: true))
                .ToList();
            if (missing.Count > 0)
            {
                indexes = await SaveAsync(
                        collection, indexes, [.. indexes.Stored, .. missing], indexes.Schema, cancellationToken)
                    .ConfigureAwait(false);
                continue;
            }

            indexes = await FillAsync(shape, indexes, cancellationToken).ConfigureAwait(false);
        }

        known[collection] = (indexes, clock.GetTimestamp());
        return indexes;
    }

    private async ValueTask<CollectionIndexes> FillAsync(
        CollectionShape shape, CollectionIndexes indexes, CancellationToken cancellationToken)
    {
        bool isWhole;
        try
        {
            isWhole = await IndexBuilder.TryFillAsync(store, shape, indexes, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException error) when (error is UniqueConflictException || error.Kind == StoreErrorKind.Malformed)
        {
            // It can never be built over what is there: writers are not to keep it meanwhile.
            await TakeBackAsync(shape, cancellationToken).ConfigureAwait(false);
            throw;
        }

        var ready = indexes.Stored.Select(static index => new StoredIndex(index.Definition, IsReady: true)).ToList();
        return isWhole
            ? await SaveAsync(shape.Name, indexes, ready, indexes.Schema, cancellationToken).ConfigureAwait(false)
            : await ReadAsync(shape.Name, cancellationToken).ConfigureAwait(false);
    }

    // What never was ready and is declared here is as if it had not been declared. Its entries lie there unread, until
    // their documents are written or it is declared again.
    private async ValueTask TakeBackAsync(CollectionShape shape, CancellationToken cancellationToken)
    {
        var indexes = await ReadAsync(shape.Name, cancellationToken).ConfigureAwait(false);
        while (indexes.Stored.Any(IsFailed))
        {
            indexes = await SaveAsync(
                    shape.Name,
                    indexes,
                    [.. indexes.Stored.Where(index => !IsFailed(index))],
                    indexes.Schema,
                    cancellationToken)
                .ConfigureAwait(false);
        }

        bool IsFailed(StoredIndex index) =>
            index is { IsNew: true, IsReady: false } && shape.Indexes.Contains(index.Definition);
    }

    private async ValueTask<CollectionIndexes> SaveAsync(
        string collection,
        CollectionIndexes before,
        IReadOnlyList<StoredIndex> after,
        string? schema,
        CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new StoredIndexesV1(after, schema), StorageJson.Default.StoredIndexesV1);
        var put = new PutOperation(KeyOf(collection), bytes, WriteCondition.At(before.Revision));
        var result = await store.CommitAsync(new Commit(put), cancellationToken).ConfigureAwait(false);

        // Where somebody else was faster, what they wrote is read and judged anew.
        return result.IsCommitted
            ? new CollectionIndexes(collection, result.Revision, after, schema)
            : await ReadAsync(collection, cancellationToken).ConfigureAwait(false);
    }
}
