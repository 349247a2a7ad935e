namespace Undercroft;

/// <summary>Writes and deletions of one collection that belong together.</summary>
internal sealed record DocumentBatch(CollectionShape Shape, WriteOptions? Options)
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
            operations.Add(Shape.Form.ToPut(Drafts[i], indexes));
        }

        operations.AddRange(Deletions);
        operations.Add(indexes.Check);
        return operations;
    }
}
