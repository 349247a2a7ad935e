using System.Buffers;
using System.Buffers.Text;

namespace Undercroft.Redis.Client;

/// <summary>The bytes of a command while it is built. They are kept for the next one, unless they have become many.
/// </summary>
internal struct CommandBuffer
{
    private const int FirstBytes = 512;
    private const int KeptBytesMax = 16 * 1024;

    // Before an argument and behind it: its length and the ends of two lines.
    private const int FrameBytesMax = 32;

    private byte[] bytes;

    /// <summary>Makes an empty one.</summary>
    public CommandBuffer() => bytes = new byte[FirstBytes];

    /// <summary>How many bytes were written.</summary>
    public int Length { get; set; }

    /// <summary>What was written from a place on.</summary>
    public readonly Span<byte> From(int place) => bytes.AsSpan(place, Length - place);

    /// <summary>Leaves room for what is written later.</summary>
    public void Leave(int count)
    {
        Reserve(count);
        Length += count;
    }

    /// <summary>Writes an argument of two parts.</summary>
    public void Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Reserve(first.Length + second.Length + FrameBytesMax);
        bytes[Length++] = (byte)'$';
        _ = Utf8Formatter.TryFormat(first.Length + second.Length, bytes.AsSpan(Length), out var count);
        Length += count;
        EndLine();
        first.CopyTo(bytes.AsSpan(Length));
        second.CopyTo(bytes.AsSpan(Length + first.Length));
        Length += first.Length + second.Length;
        EndLine();
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        Length = 0;
        if (bytes.Length > KeptBytesMax)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = new byte[FirstBytes];
        }
    }

    private void EndLine()
    {
        bytes[Length++] = (byte)'\r';
        bytes[Length++] = (byte)'\n';
    }

    private void Reserve(int count)
    {
        if (bytes.Length - Length >= count)
        {
            return;
        }

        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), 2 * KeptBytesMax));
        bytes.AsSpan(0, Length).CopyTo(grown);
        if (bytes.Length > KeptBytesMax)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        bytes = grown;
    }
}
