using System.Buffers;

namespace Undercroft.Files.Journal;

/// <summary>Bytes of a frame in the making, with room for its header in front; it can be cut back.</summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    // As long as a group of commits: to grow to that anew for each batch of a blob would make as much garbage again.
    private const int KeptMax = 8 * 1024 * 1024;

    private byte[] bytes = new byte[64 * 1024];
    private int end = Frame.HeaderSize;

    /// <summary>How many bytes there are, the header left out.</summary>
    public int Length => end - Frame.HeaderSize;

    /// <summary>Header and payload.</summary>
    public Span<byte> Whole => bytes.AsSpan(0, end);

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

    /// <summary>Forgets all bytes but the first ones.</summary>
    public void Cut(int length)
    {
        end = Frame.HeaderSize + length;
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
}
