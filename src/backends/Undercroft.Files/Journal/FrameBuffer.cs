using System.Buffers;

namespace Undercroft.Files.Journal;

/// <summary>Bytes of a frame in the making, with room for its header in front; it can be cut back.</summary>
/// <remarks>Long values are not copied: the buffer refers to them, and the frame is written in pieces.</remarks>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    // What a frame of many small values takes is kept for the next one.
    private const int KeptMax = 4 * 1024 * 1024;

    // A value this long is worth a call of its own when the frame is written.
    private const int ReferredMin = 64 * 1024;

    private readonly List<Referred> referred = [];
    private byte[] bytes = new byte[64 * 1024];
    private int end = Frame.HeaderSize;
    private int referredLength;

    /// <summary>How many bytes there are, the header left out.</summary>
    public int Length => end - Frame.HeaderSize + referredLength;

    /// <summary>The room for the header.</summary>
    public Span<byte> Header => bytes.AsSpan(0, Frame.HeaderSize);

    /// <summary>How many pieces header and payload are in.</summary>
    public int Pieces => (referred.Count * 2) + 1;

    public void Advance(int count) => end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return bytes.AsMemory(end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return bytes.AsSpan(end);
    }

    /// <summary>Adds a value that nobody changes any more.</summary>
    public void Add(byte[] value)
    {
        if (value.Length < ReferredMin)
        {
            this.Write(value);
            return;
        }

        if (referredLength + (long)value.Length > Array.MaxLength - end)
        {
            throw new OverflowException("A frame is longer than its header can tell.");
        }

        referredLength += value.Length;
        referred.Add(new Referred(end, value));
    }

    /// <summary>One of the pieces: the first begins with the header, and each may be empty.</summary>
    public ReadOnlySpan<byte> Piece(int number)
    {
        var (at, isReferred) = (number / 2, number % 2 == 1);
        if (isReferred)
        {
            return referred[at].Value;
        }

        var from = at == 0 ? 0 : referred[at - 1].At;
        return bytes.AsSpan(from..(at < referred.Count ? referred[at].At : end));
    }

    /// <summary>The CRC32C of the payload.</summary>
    public uint Sum()
    {
        var sum = Crc.Of(Piece(0)[Frame.HeaderSize..]);
        for (var i = 1; i < Pieces; i++)
        {
            sum = Crc.Of(Piece(i), sum);
        }

        return sum;
    }

    /// <summary>Forgets all bytes but the first ones; a value that was added stays or goes as a whole.</summary>
    public void Cut(int length)
    {
        while (Length > length)
        {
            // What was written behind the last value goes first, then the value itself.
            var kept = referred.Count > 0 ? referred[^1].At : Frame.HeaderSize;
            end = Math.Max(kept, end - (Length - length));
            if (Length > length)
            {
                referredLength -= referred[^1].Value.Length;
                referred.RemoveAt(referred.Count - 1);
            }
        }

        if (length == 0 && bytes.Length > KeptMax)
        {
            bytes = new byte[64 * 1024];
        }
    }

    private void Grow(int room)
    {
        room = Math.Max(room, 16);
        if (bytes.Length - end < room)
        {
            var size = Math.Max(bytes.Length * 2L, end + (long)room);
            Array.Resize(ref bytes, checked((int)Math.Min(Array.MaxLength, size)));
        }
    }

    /// <summary>A value, and where the bytes behind it begin.</summary>
    private readonly record struct Referred(int At, byte[] Value);
}
