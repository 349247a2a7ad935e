namespace Undercroft.Blobs;

/// <summary>Stores the batches of one upload: each in a commit of its own, together with the upload's record, which
/// refers to all that is stored.</summary>
internal sealed class UploadWriter(Storage storage, DirectScope scope, UploadState state)
{
    // Each attempt fails only where somebody else wrote or collected one of the same chunks in between.
    private const int AttemptsMax = 20;

    private readonly PartWriter parts = new(storage.Store);

    // What is not in memory only outlives the process; the commit that names the blob makes all before it durable.
    private readonly WriteOptions lightly = new()
    {
        Durability = Weaker(
            storage.Options.Durability ?? storage.Info.DefaultDurability,
            storage.Info.DurabilityLevels.Contains(Durability.Os)
                ? Durability.Os
                : storage.Info.DefaultDurability),
    };

    public UploadState State => state;

    /// <summary>Stores a batch.</summary>
    public async ValueTask StoreAsync(UploadBatch batch, CancellationToken cancellationToken)
    {
        var made = Append(batch);
        state.Length += batch.Length;
        await CommitAsync([.. batch.Parts, .. made], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores the last batch, and finishes the upload.</summary>
    /// <param name="batch">The batch; it may have no chunks.</param>
    /// <param name="sha256">The SHA-256 of all bytes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask FinishAsync(UploadBatch batch, string sha256, CancellationToken cancellationToken)
    {
        var made = Append(batch);
        state.Length += batch.Length;
        state.Root = state.Lists.Finish();
        state.Sha256 = sha256;
        made.AddRange(Made());
        await CommitAsync([.. batch.Parts, .. made], cancellationToken).ConfigureAwait(false);
    }

    private List<KeyValuePair<BlobNode, ReadOnlyMemory<byte>>> Append(UploadBatch batch)
    {
        foreach (var part in batch.Parts)
        {
            state.Lists.Add(part.Key);
        }

        return [.. Made()];
    }

    private IEnumerable<KeyValuePair<BlobNode, ReadOnlyMemory<byte>>> Made() =>
        state.Lists.TakeMade().Select(static list =>
            new KeyValuePair<BlobNode, ReadOnlyMemory<byte>>(list.Key, list.Value));

    private async ValueTask CommitAsync(
        IReadOnlyList<KeyValuePair<BlobNode, ReadOnlyMemory<byte>>> stored, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var operations = await parts.ToOperationsAsync(stored, cancellationToken).ConfigureAwait(false);
            operations.Add(PartWriter.Announcement);
            operations.Add(new PutOperation(state.Key, state.ToBytes(), WriteCondition.At(state.Revision))
            {
                TimeToLive = storage.Options.Blobs.UploadKept,
            });
            var result = await scope.CommitAsync(operations, lightly, cancellationToken).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                state.Revision = result.Revision;
                return;
            }

            if (result.Conflicts.Any(conflict => conflict.Key == state.Key))
            {
                throw BlobErrors.UploadMoved(state.Key.Id);
            }
        }

        throw BlobErrors.KeepsChanging(state.Key.Id);
    }

    private static Durability Weaker(Durability one, Durability other) => one < other ? one : other;
}
