namespace Undercroft;

/// <summary>Where a repository reads and writes: a storage directly, or a transaction on it.</summary>
internal interface IDocumentScope
{
    Storage Storage { get; }

    /// <summary>The transaction's uncommitted writes; null outside of one.</summary>
    TransactionBuffer? Buffer { get; }

    ValueTask<ReadResult> ReadAsync(KeyList keys, ReadOptions options, CancellationToken cancellationToken);

    /// <summary>Writes drafts and deletions with the index entries they need: at once, or at the transaction's end.
    /// </summary>
    ValueTask<CommitResult> WriteAsync(DocumentBatch batch, CancellationToken cancellationToken);
}
