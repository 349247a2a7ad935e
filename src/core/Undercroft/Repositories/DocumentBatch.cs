using Undercroft.Indexes;

namespace Undercroft;

/// <summary>Writes and deletions of one collection that belong together.</summary>
internal sealed record DocumentBatch(string Collection, IReadOnlyList<IndexDefinition> Declared, WriteOptions? Options)
{
    public IReadOnlyList<DocumentDraft> Drafts { get; init; } = [];

    public IReadOnlyList<DeleteOperation> Deletions { get; init; } = [];

    /// <summary>Makes the operations: first the drafts, then the deletions, then the check that the indexes are still
    /// these.</summary>
    public List<StoreOperation> ToOperations(CollectionIndexes indexes)
    {
        var operations = new List<StoreOperation>(Drafts.Count + Deletions.Count + 1);
        for (var i = 0; i < Drafts.Count; i++)
        {
            operations.Add(ToPut(Drafts[i], indexes));
        }

        operations.AddRange(Deletions);
        operations.Add(indexes.Check);
        return operations;
    }

    /// <summary>Makes the operation of a draft.</summary>
    /// <param name="draft">What to write.</param>
    /// <param name="indexes">The indexes there are.</param>
    /// <param name="bornAt">The creation time to give it; null means the store's own rule.</param>
    public static PutOperation ToPut(
        DocumentDraft draft, CollectionIndexes indexes, DateTimeOffset? bornAt = null) =>
        new(draft.Key, draft.Value, draft.Condition)
        {
            CreatedAt = bornAt,
            Meta = draft.Meta,
            ExpiresAt = draft.ExpiresAt,
            Entries = indexes.EntriesOf(draft.Key, draft.Value, draft.Meta),
        };
}
