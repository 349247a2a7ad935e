namespace Undercroft.Blobs;

/// <summary>Reads a stream and cuts it into batches of chunks.</summary>
/// <param name="source">The stream, from where it stands.</param>
/// <param name="chunker">Says where to cut.</param>
/// <param name="limits">What the store takes in one commit.</param>
internal sealed class BatchFiller(Stream source, Chunker chunker, StoreLimits limits)
{
    // A batch goes into one commit, with a list or two and the upload's record.
    private readonly int bytesMax = (int)Math.Min(2 * 1024 * 1024, limits.CommitBytesMax / 4);
    private readonly int chunksMax = Math.Max(1, Math.Min(1000, limits.OperationsMax / 2));

    // Bytes read behind the last cut: they begin the next batch.
    private ReadOnlyMemory<byte> rest;
    private bool hasEnded;

    private int BlockBytes => bytesMax + chunker.Sizes.Max;

    /// <summary>Makes a block for one batch: no longer than what is left of the stream, where that is known.</summary>
    public byte[] NewBlock()
    {
        var size = BlockBytes;
        if (source.CanSeek)
        {
            // One byte more, so that the end is seen without another block.
            size = (int)Math.Min(size, Math.Max(0, source.Length - source.Position) + rest.Length + 1);
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    /// <summary>Fills a batch with chunks. The one filled before must not be filled again until then.</summary>
    public async ValueTask FillAsync(UploadBatch batch, CancellationToken cancellationToken)
    {
        batch.Clear();
        var block = batch.Block;
        rest.Span.CopyTo(block);
        var filled = rest.Length;
        while (true)
        {
            // A cut is sure where the longest chunk fits, or nothing more comes.
            while (!IsFull(batch) &&
                (filled - batch.Length >= chunker.Sizes.Max || (hasEnded && filled > batch.Length)))
            {
                batch.Add(chunker.Cut(block.AsSpan(batch.Length, filled - batch.Length)));
            }

            if (filled == block.Length && batch.Length == 0)
            {
                // The stream has grown since it was asked for its length.
                block = batch.Grow(BlockBytes);
            }

            if (hasEnded || filled == block.Length || IsFull(batch))
            {
                rest = block.AsMemory(batch.Length, filled - batch.Length);
                batch.IsLast = hasEnded && rest.IsEmpty;
                return;
            }

            var read = await source.ReadAsync(block.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += read;
            hasEnded = read == 0;
        }
    }

    private bool IsFull(UploadBatch batch) => batch.Length >= bytesMax || batch.Count == chunksMax;
}
