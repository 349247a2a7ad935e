using System.Text.Json;
using Undercroft.Backends;
using Undercroft.Migrations;

namespace Undercroft.Copies;

/// <summary>Brings the indexes of two stores together, where one is copied into another that keeps records of its own.
/// </summary>
/// <remarks>
/// What is copied gets entries for the indexes of the target too. The target gets the indexes of the source, not ready
/// where it did not have them: writers keep them from then on, and the next to use one fills it. Where the documents
/// have versions, both must be at the same one: entries are of documents in the collection's version, and a copy knows
/// no steps between versions.
/// </remarks>
internal static class IndexMerge
{
    private static readonly StoredIndexesV1 None = new([]);

    /// <summary>Makes of a batch what fits the target, and checks that the target's indexes are still the ones that
    /// were looked at.</summary>
    /// <param name="source">Where the batch comes from, if it can be asked for its indexes.</param>
    /// <param name="target">The store to write to.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask<IReadOnlyList<StoreOperation>> ApplyAsync(
        IStore? source, IStore target, IReadOnlyList<StoreOperation> batch, CancellationToken cancellationToken)
    {
        var lists = await ReadAsync(target, batch, cancellationToken).ConfigureAwait(false);
        var covered = await CoveredAsync(source, lists, cancellationToken).ConfigureAwait(false);
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
            .Select(operation =>
                operation is PutOperation put && !covered.Contains(put.Key.Collection)
                ? Complete(put, lists[put.Key.Collection])
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
            var stored = read[0] is { } found ? Parse(key, found.Value) : None;
            lists[name] = new CollectionIndexes(
                name, read[0]?.Revision ?? Revision.None, stored.Indexes, stored.Schema);
        }

        return lists;
    }

    // The collections whose documents come with all the entries they need: where the source has all the indexes of the
    // target, of documents in the same version, whatever version each is stored in.
    private static async ValueTask<HashSet<string>> CoveredAsync(
        IStore? source, Dictionary<string, CollectionIndexes> lists, CancellationToken cancellationToken)
    {
        var covered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, ours) in source is null ? [] : lists)
        {
            var key = IndexCatalog.KeyOf(name);
            var read = await source!.ReadAsync(key, default, cancellationToken).ConfigureAwait(false);
            var theirs = read[0] is { } found ? Parse(key, found.Value) : None;
            if (theirs.Schema == ours.Schema && ours.All.All(theirs.Indexes.Select(one => one.Definition).Contains))
            {
                covered.Add(name);
            }
        }

        return covered;
    }

    private static StoreOperation Merge(PutOperation put, CollectionIndexes ours)
    {
        var theirs = Parse(put.Key, put.Value);
        if (ours.Revision != Revision.None && theirs.Schema != ours.Schema)
        {
            throw Refuse($"the collection {Names.Show(put.Key.Id)}", theirs.Schema, ours.Schema);
        }

        var added = theirs.Indexes
            .Where(index => !ours.All.Contains(index.Definition))
            .Select(static index => index with { IsReady = false, IsNew = true })
            .ToList();
        return added.Count == 0 && theirs.Schema == ours.Schema
            ? ours.Check
            : new PutOperation(
                put.Key,
                JsonSerializer.SerializeToUtf8Bytes(
                    new StoredIndexesV1([.. ours.Stored, .. added], theirs.Schema),
                    StorageJson.Default.StoredIndexesV1),
                ours.Check.Condition);
    }

    private static PutOperation Complete(PutOperation put, CollectionIndexes ours)
    {
        if (ours.All.Count == 0)
        {
            return put;
        }

        var version = put.Meta[DocumentForm.MetaName];
        return version != ours.Schema
            ? throw Refuse(Names.Show(put.Key.ToString()), version, ours.Schema)
            : new PutOperation(put.Key, put.Value, put.Condition)
            {
                Meta = put.Meta,
                Entries = EntrySet.Normalize([.. put.Entries, .. ours.EntriesOf(put.Key, put.Value, put.Meta)]),
                CreatedAt = put.CreatedAt,
                UpdatedAt = put.UpdatedAt,
                ExpiresAt = put.ExpiresAt,
                TimeToLive = put.TimeToLive,
            };
    }

    private static StoreException Refuse(string what, string? theirs, string? ours) => new(
        StoreErrorKind.Unsupported,
        $"Cannot copy {what} among what the target has: it is in {Show(theirs)}, and the target keeps the collection " +
        $"in {Show(ours)}. Migrate one of them first, or copy into an empty store.");

    private static string Show(string? version) => version is null ? "no version" : $"version {Names.Show(version)}";

    private static StoredIndexesV1 Parse(RecordKey key, ReadOnlyMemory<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, StorageJson.Default.StoredIndexesV1) ?? None;
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"Cannot copy {Names.Show(key.ToString())}: it is no list of indexes ({JsonPlace.Describe(error)}). " +
                "Copy into an empty store, which takes it as it is.",
                error);
        }
    }
}
