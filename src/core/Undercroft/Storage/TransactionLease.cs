namespace Undercroft;

/// <summary>A short lease that puts contending transactions of several processes in a row. It makes them faster, not
/// right: the commit's conditions do that.</summary>
internal sealed class TransactionLease : IAsyncDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Storage storage;
    private readonly Revision revision;

    private TransactionLease(Storage storage, Revision revision)
    {
        this.storage = storage;
        this.revision = revision;
    }

    /// <summary>Takes the lease, or gives up after its length: whoever holds it is slower than it is worth.</summary>
    /// <returns>The lease, or null.</returns>
    public static async ValueTask<TransactionLease?> TakeAsync(Storage storage, CancellationToken cancellationToken)
    {
        var clock = storage.Options.Clock;
        var started = clock.GetTimestamp();
        do
        {
            var take = new PutOperation(
                LeaseKeys.Transactions, "{}"u8.ToArray(), WriteCondition.Absent) { ExpiresAt = storage.Now() + Life };
            var result = await storage.Store.CommitAsync(Lightly(storage, take), cancellationToken)
                .ConfigureAwait(false);
            if (result.IsCommitted)
            {
                return new TransactionLease(storage, result.Revision);
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
        while (clock.GetElapsedTime(started) < Life);

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        // A lease that has expired or was taken over stays as it is.
        var give = new DeleteOperation(LeaseKeys.Transactions, WriteCondition.At(revision));
        try
        {
            _ = await storage.Store.CommitAsync(Lightly(storage, give), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            // The transaction has its own result, which this must not hide; the lease ends by itself.
            storage.Events.Failed("give a lease back", error);
        }
    }

    private static Commit Lightly(Storage storage, StoreOperation operation) => new(operation)
    {
        // A lost lease costs nothing: the weakest level will do.
        Durability = storage.Info.DurabilityLevels[0],
    };
}
