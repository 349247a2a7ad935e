namespace Undercroft.Blobs;

/// <summary>Reads the parts of one blob, and checks each against its name.</summary>
/// <param name="store">Where they are.</param>
/// <param name="blob">The blob, for errors.</param>
/// <param name="missing">Tells what to throw for a part that is missing.</param>
/// <param name="isThorough">Whether chunks are always held to their hash: otherwise the check that was stored with one
/// is enough. Lists always are.</param>
internal sealed class PartReader(
    IStore store,
    string blob,
    Func<BlobNode, CancellationToken, ValueTask<StoreException>> missing,
    bool isThorough = false)
{
    // Few round trips; more would only take memory.
    private const int FetchMax = 64;

    /// <summary>How many parts are fetched at once at most.</summary>
    public int PartsMax { get; } = Math.Min(FetchMax, store.Info.Limits.KeysPerReadMax);

    /// <summary>Reads parts, without a look at their bytes.</summary>
    public ValueTask<ReadResult> FetchAsync(IReadOnlyList<BlobNode> parts, CancellationToken cancellationToken) =>
        store.ReadAsync(parts.Select(static part => part.Key).ToArray(), default, cancellationToken);

    /// <summary>Gives the bytes of a part that was fetched.</summary>
    /// <exception cref="StoreException">They are missing, or others than its name says.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> CheckAsync(
        BlobNode part, StoreRecord? record, CancellationToken cancellationToken)
    {
        if (record is null)
        {
            throw await missing(part, cancellationToken).ConfigureAwait(false);
        }

        if (IsGoodAtOnce(part, record))
        {
            return record.Value;
        }

        var found = ContentHash.Of(record.Value.Span);
        return found != part.Hash ? throw BlobErrors.Mismatch(blob, part, found)
            : part.Level == 0 && record.Value.Length != part.Length
                ? throw BlobErrors.Malformed(blob, part, record.Value.Length)
                : record.Value;
    }

    /// <summary>Reads one part.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlobNode part, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(part.Key, default, cancellationToken).ConfigureAwait(false);
        return await CheckAsync(part, read[0], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a list.</summary>
    public async ValueTask<BlobNode[]> ListAsync(BlobNode list, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(list, cancellationToken).ConfigureAwait(false);
        return ChunkList.TryParse(list, bytes.Span) ?? throw BlobErrors.Malformed(blob, list, bytes.Length);
    }

    private bool IsGoodAtOnce(BlobNode part, StoreRecord record) =>
        !isThorough && part.Level == 0 && record.Value.Length == part.Length &&
        record.Meta[PartWriter.CheckName] is { } check && check == ChunkCheck.Of(record.Value.Span);
}
