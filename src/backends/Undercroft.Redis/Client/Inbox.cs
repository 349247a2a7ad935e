using System.Buffers;
using System.IO.Pipelines;

namespace Undercroft.Redis.Client;

/// <summary>The receiving half of a connection: bytes in, whole values out. One thread uses it at a time.</summary>
internal sealed class Inbox
{
    private const int ReceiveBytes = 32 * 1024;

    // The same thread writes and reads: the pipe is a queue of pooled pieces that knows what was looked at.
    private readonly Pipe pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0,
        minimumSegmentSize: 2 * ReceiveBytes,
        useSynchronizationContext: false));

    private RespFramer framer;
    private long scanned;

    /// <summary>Begins before the first value.</summary>
    /// <param name="replyBytesMax">How long one value may be.</param>
    public Inbox(long replyBytesMax) => framer = new RespFramer(replyBytesMax);

    /// <summary>Where the next bytes are to be put.</summary>
    public Memory<byte> Room => pipe.Writer.GetMemory(ReceiveBytes);

    /// <summary>Takes bytes that were put there, and calls <paramref name="take"/> with each value that they end.
    /// </summary>
    /// <exception cref="RedisProtocolException">The bytes are no RESP3.</exception>
    public void Take(int count, ValueTaker take)
    {
        pipe.Writer.Advance(count);
        var flush = pipe.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully || !pipe.Reader.TryRead(out var read))
        {
            throw new InvalidOperationException("A pipe without a threshold made its writer wait.");
        }

        _ = flush.Result;
        var buffer = read.Buffer;
        if (buffer.IsSingleSegment)
        {
            TakeValues(ref buffer, take);
        }
        else
        {
            TakePieces(ref buffer, take);
        }

        pipe.Reader.AdvanceTo(buffer.Start, buffer.End);
    }

    /// <summary>Gives the memory back.</summary>
    public void Close()
    {
        pipe.Writer.Complete();
        pipe.Reader.Complete();
    }

    private void TakeValues(ref ReadOnlySequence<byte> buffer, ValueTaker take)
    {
        var memory = buffer.First;
        var span = memory.Span;
        var begin = 0;
        while (framer.Advance(span[(begin + (int)scanned)..], out var used))
        {
            var length = (int)scanned + used;
            scanned = 0;
            take(new ReadOnlySequence<byte>(memory.Slice(begin, length)));
            begin += length;
        }

        scanned = span.Length - begin;
        buffer = buffer.Slice(begin);
    }

    private void TakePieces(ref ReadOnlySequence<byte> buffer, ValueTaker take)
    {
        while (true)
        {
            var isWhole = false;
            foreach (var piece in buffer.Slice(scanned))
            {
                isWhole = framer.Advance(piece.Span, out var used);
                scanned += used;
                if (isWhole)
                {
                    break;
                }
            }

            if (!isWhole)
            {
                return;
            }

            take(buffer.Slice(0, scanned));
            buffer = buffer.Slice(scanned);
            scanned = 0;
        }
    }
}
