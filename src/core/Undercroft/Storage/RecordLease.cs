namespace Undercroft;

/// <summary>A lease kept as a record that lives so long from its commit on, by the store's clock. Whoever has lost it
/// finds its revision gone, so what is written in one commit with <see cref="ToRenew"/> is written by the holder or not
/// at all.</summary>
internal sealed class RecordLease(IStore store, RecordKey key, TimeSpan life)
{
    public RecordKey Key => key;

    /// <summary>The revision it is held at; none where it is not.</summary>
    public Revision Revision { get; set; }

    /// <summary>Makes the operation that takes it where nobody has it.</summary>
    public PutOperation ToTake() => Put(WriteCondition.Absent);

    /// <summary>Makes the operation that renews it.</summary>
    public PutOperation ToRenew() => Put(WriteCondition.At(Revision));

    /// <summary>Makes the operation that gives it back.</summary>
    public DeleteOperation ToGive() => new(key, WriteCondition.At(Revision));

    /// <summary>Takes it, where nobody has it.</summary>
    public async ValueTask<CommitResult> TakeAsync(Durability? durability, CancellationToken cancellationToken)
    {
        var take = new Commit(ToTake()) { Durability = durability };
        var result = await store.CommitAsync(take, cancellationToken).ConfigureAwait(false);
        if (result.IsCommitted)
        {
            Revision = result.Revision;
        }

        return result;
    }

    /// <summary>Gives it back, where it is still there. It never throws: what was done under it has its own outcome,
    /// and the lease ends by itself.</summary>
    /// <returns>What went wrong, or null.</returns>
    public async ValueTask<Exception?> GiveAsync(Durability? durability = null)
    {
        try
        {
            var give = new Commit(ToGive()) { Durability = durability };
            _ = await store.CommitAsync(give, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (error is StoreException or ObjectDisposedException)
        {
            return error;
        }
    }

    private PutOperation Put(WriteCondition condition) =>
        new(key, "{}"u8.ToArray(), condition) { TimeToLive = life };
}
