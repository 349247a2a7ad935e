namespace Undercroft;

/// <summary>Reads and writes the store at once: outside of transactions.</summary>
internal sealed class DirectScope(Storage storage) : IDocumentScope
{
    // A catalog changes when somebody declares an index: a handful of times in the life of an application.
    private const int CatalogAttemptsMax = 10;

    public Storage Storage { get; } = storage;

    public TransactionBuffer? Buffer => null;

    public ValueTask<ReadResult> ReadAsync(KeyList keys, ReadOptions options, CancellationToken cancellationToken) =>
        Storage.Store.ReadAsync(keys, options, cancellationToken);

    public async ValueTask<CommitResult> WriteAsync(DocumentBatch batch, CancellationToken cancellationToken)
    {
        DocumentBatch.CheckCount(
            batch.Shape.Name, batch.Drafts.Count + batch.Deletions.Count, Storage.Info.Limits);
        for (var attempt = 1; ; attempt++)
        {
            var indexes = await Storage.Catalog
                .GetAsync(batch.Shape, cancellationToken)
                .ConfigureAwait(false);
            var operations = batch.ToOperations(indexes);
            var result = await CommitAsync(operations, batch.Options, cancellationToken).ConfigureAwait(false);
            if (!IndexCatalog.IsStale(result, operations.Count - 1))
            {
                return result;
            }

            Storage.Catalog.Forget(batch.Shape.Name);
            if (attempt == CatalogAttemptsMax)
            {
                throw IndexCatalog.KeepsChanging(batch.Shape.Name);
            }
        }
    }

    /// <summary>Commits operations under the storage's settings, and tells the hub.</summary>
    public async ValueTask<CommitResult> CommitAsync(
        IReadOnlyList<StoreOperation> operations,
        WriteOptions? options,
        CancellationToken cancellationToken)
    {
        var commit = new Commit(operations)
        {
            Durability = options?.Durability ?? Storage.Options.Durability,
            Origin = options?.Origin ?? Storage.Options.Origin,
        };
        var result = await Storage.Jobs.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        if (result.IsCommitted)
        {
            Storage.Turns.Current?.WrotePast(operations);
        }

        Storage.Heard(result.At);
        Storage.Events.Committed(commit, result);
        Storage.Meter.Committed(commit, result);
        return result;
    }
}
