namespace Undercroft;

/// <summary>Writes and deletions of one collection that belong together.</summary>
internal sealed record DocumentBatch(CollectionShape Shape, WriteOptions? Options)
{
    public IReadOnlyList<DocumentDraft> Drafts { get; init; } = [];

    public IReadOnlyList<DeleteOperation> Deletions { get; init; } = [];

    /// <summary>Refuses what cannot be one commit with the check of the indexes, before any I/O.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="documents">How many documents are written or deleted.</param>
    /// <param name="limits">What the store takes.</param>
    /// <exception cref="LimitExceededException">There are too many.</exception>
    public static void CheckCount(string collection, int documents, StoreLimits limits)
    {
        if (documents >= limits.OperationsMax)
        {
            throw new LimitExceededException(
                $"a batch of documents of {Names.Show(collection)}, whose commit checks the collection's indexes too",
                nameof(StoreLimits.OperationsMax), limits.OperationsMax, documents + 1L);
        }
    }

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
