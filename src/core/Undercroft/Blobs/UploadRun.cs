using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Undercroft.Blobs;

/// <summary>Takes a stream in: reading and cutting, hashing, and storing go on at the same time, each a batch behind
/// the other.</summary>
/// <param name="writer">Stores the batches.</param>
/// <param name="whole">Hashes all bytes; it has seen those stored before.</param>
/// <param name="limits">What the store takes in one commit.</param>
/// <param name="lengthMax">The longest blob.</param>
/// <param name="options">What to expect and whom to tell.</param>
internal sealed class UploadRun(
    UploadWriter writer, IncrementalHash whole, StoreLimits limits, long lengthMax, BlobUploadOptions options)
{
    // One that is filled, one that is hashed and one that is stored.
    private const int BatchesMax = 3;

    private readonly Channel<UploadBatch> free = Channel.CreateBounded<UploadBatch>(BatchesMax);
    private readonly Channel<UploadBatch> filled = Channel.CreateBounded<UploadBatch>(1);
    private readonly Channel<UploadBatch> hashed = Channel.CreateBounded<UploadBatch>(1);
    private Exception? fault;

    /// <summary>Takes the stream in to its end. Where it fails, what was stored before stays stored.</summary>
    public async ValueTask RunAsync(Stream source, CancellationToken cancellationToken)
    {
        var filler = new BatchFiller(source, new Chunker(writer.State.Sizes), limits);
        var first = new UploadBatch(filler.NewBlock());
        await filler.FillAsync(first, cancellationToken).ConfigureAwait(false);
        CheckLength(writer.State.Length, first);
        if (first.IsLast)
        {
            first.Hash();
            whole.AppendData(first.Bytes.Span);
            await StoreAsync(first, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(
            StageAsync(token => FillAsync(filler, first, token), filled.Writer, stop),
            StageAsync(HashAsync, hashed.Writer, stop),
            StageAsync(StoreAllAsync, free.Writer, stop)).ConfigureAwait(false);
        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <summary>Runs one stage. The first that fails stops the others, and its reason is the one told.</summary>
    private async Task StageAsync(
        Func<CancellationToken, ValueTask> stage, ChannelWriter<UploadBatch> next, CancellationTokenSource stop)
    {
        try
        {
            await stage(stop.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _ = Interlocked.CompareExchange(ref fault, error, null);
            await stop.CancelAsync().ConfigureAwait(false);
        }
        finally
        {
            _ = next.TryComplete();
        }
    }

    private async ValueTask FillAsync(BatchFiller filler, UploadBatch first, CancellationToken cancellationToken)
    {
        var (batch, made, length) = (first, 1, writer.State.Length);
        while (true)
        {
            length += batch.Length;
            await filled.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
            if (batch.IsLast)
            {
                return;
            }

            batch = made++ < BatchesMax
                ? new UploadBatch(filler.NewBlock())
                : await free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            await filler.FillAsync(batch, cancellationToken).ConfigureAwait(false);
            CheckLength(length, batch);
        }
    }

    private async ValueTask HashAsync(CancellationToken cancellationToken)
    {
        await foreach (var batch in filled.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            batch.Hash();
            await hashed.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask StoreAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var batch in hashed.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (batch.IsLast)
            {
                whole.AppendData(batch.Bytes.Span);
                await StoreAsync(batch, cancellationToken).ConfigureAwait(false);
                return;
            }

            // The hash of the whole is of use while the store is at work.
            var storing = StoreAsync(batch, cancellationToken).AsTask();
            whole.AppendData(batch.Bytes.Span);
            await storing.ConfigureAwait(false);
            await free.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask StoreAsync(UploadBatch batch, CancellationToken cancellationToken)
    {
        if (!batch.IsLast)
        {
            await writer.StoreAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var sha256 = Convert.ToHexStringLower(whole.GetHashAndReset());
            if (options.ExpectedSha256 is { } expected &&
                !string.Equals(expected, sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw BlobErrors.NotAsExpected(expected, sha256);
            }

            await writer.FinishAsync(batch, sha256, cancellationToken).ConfigureAwait(false);
        }

        options.Progress?.Report(writer.State.Length);
    }

    private void CheckLength(long before, UploadBatch batch)
    {
        if (before + batch.Length > lengthMax)
        {
            throw new LimitExceededException(
                "a blob", $"{nameof(BlobOptions)}.{nameof(BlobOptions.LengthMax)}", lengthMax, before + batch.Length);
        }
    }
}
