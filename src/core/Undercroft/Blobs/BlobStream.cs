namespace Undercroft.Blobs;

/// <summary>Reads a blob, or a range of it. Seeking costs nothing until the next read; each chunk is checked before any
/// of its bytes is given out.</summary>
/// <remarks>Not safe for many threads. A read throws <see cref="StoreException"/> of the kind
/// <see cref="StoreErrorKind.Corrupt"/> where the store holds other bytes than were written, and of the kind
/// <see cref="StoreErrorKind.Conflict"/> where the blob was replaced or deleted since it was opened and its chunks are
/// gone. A read that is cancelled has taken nothing.</remarks>
public sealed class BlobStream : Stream
{
    private readonly PartReader parts;
    private readonly long from;
    private readonly long length;
    private readonly Queue<ReadOnlyMemory<byte>> waiting = new();
    private ReadAhead? ahead;
    private ReadOnlyMemory<byte> chunk;
    private long chunkStart;
    private long position;
    private bool isDisposed;

    internal BlobStream(PartReader parts, BlobInfo info, long from, long length)
    {
        this.parts = parts;
        this.from = from;
        this.length = length;
        Info = info;
    }

    /// <summary>What the store knew of the blob when it was opened.</summary>
    public BlobInfo Info { get; }

    /// <inheritdoc/>
    public override bool CanRead => !isDisposed;

    /// <inheritdoc/>
    public override bool CanSeek => !isDisposed;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <summary>The length of the blob, or of the range that was opened.</summary>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        var place = from + position;
        if (place < chunkStart || place >= chunkStart + chunk.Length)
        {
            await MoveAsync(place, cancellationToken).ConfigureAwait(false);
        }

        var at = (int)(place - chunkStart);
        var count = (int)Math.Min(Math.Min(buffer.Length, chunk.Length - at), length - position);
        chunk.Slice(at, count).CopyTo(buffer);
        position += count;
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <inheritdoc/>
    /// <remarks>Blocks the thread while the store reads: prefer
    /// <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>.</remarks>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => position + offset,
            SeekOrigin.End => length + offset,
            _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "There is no such origin."),
        };
        return target >= 0
            ? position = target
            : throw new IOException($"Cannot seek to {target}: a blob begins at 0.");
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw Unwritable();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw Unwritable();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        isDisposed = true;
        await StopAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        ahead?.Cancel();
        base.Dispose(disposing);
    }

    /// <summary>Makes the chunk that holds a place the current one.</summary>
    private async ValueTask MoveAsync(long place, CancellationToken cancellationToken)
    {
        var isNext = chunk.Length > 0 && place == chunkStart + chunk.Length;
        if (!isNext)
        {
            await StopAsync().ConfigureAwait(false);
            await JumpAsync(place, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (waiting.Count == 0)
        {
            ahead ??= await BeginAsync(place, cancellationToken).ConfigureAwait(false);
            var next = await ahead.NextAsync(cancellationToken).ConfigureAwait(false) ??
                throw new InvalidOperationException("The lists of a blob end before it does.");
            foreach (var bytes in next)
            {
                waiting.Enqueue(bytes);
            }
        }

        chunkStart = place;
        chunk = waiting.Dequeue();
    }

    /// <summary>Reads one chunk, and none behind it: maybe no more is wanted.</summary>
    private async ValueTask JumpAsync(long place, CancellationToken cancellationToken)
    {
        var walk = NewWalk();
        await walk.SeekAsync(place, cancellationToken).ConfigureAwait(false);
        var start = walk.Start;
        var node = await walk.NextAsync(cancellationToken).ConfigureAwait(false);
        var bytes = await parts.ReadAsync(node!.Value, cancellationToken).ConfigureAwait(false);
        (chunk, chunkStart) = (bytes, start);
    }

    /// <summary>Whoever wants a second chunk behind the first wants the rest.</summary>
    private async ValueTask<ReadAhead> BeginAsync(long place, CancellationToken cancellationToken)
    {
        var walk = NewWalk();
        await walk.SeekAsync(place, cancellationToken).ConfigureAwait(false);
        return new ReadAhead(parts, walk, from + length);
    }

    private ChunkWalk NewWalk() => new(parts, Info.Root is { } root ? [root] : []);

    private async ValueTask StopAsync()
    {
        (chunk, chunkStart) = (default, 0);
        waiting.Clear();
        if (ahead is not null)
        {
            await ahead.DisposeAsync().ConfigureAwait(false);
            ahead = null;
        }
    }

    private static NotSupportedException Unwritable() =>
        new("A blob is read through its stream, never written. Put it under its name to replace it.");
}
