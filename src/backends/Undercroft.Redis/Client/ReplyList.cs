using System.Buffers;
using System.Buffers.Text;

namespace Undercroft.Redis.Client;

/// <summary>Makes one list of the replies to commands that belong together.</summary>
internal sealed class ReplyList
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>Adds a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="number">Which one it is, from 1 on.</param>
    /// <param name="count">How many there will be.</param>
    public void Add(in ReadOnlySequence<byte> reply, int number, int count)
    {
        if (number == 1)
        {
            Span<byte> digits = stackalloc byte[10];
            _ = Utf8Formatter.TryFormat(count, digits, out var length);
            bytes.Write("*"u8);
            bytes.Write(digits[..length]);
            bytes.Write("\r\n"u8);
        }

        foreach (var piece in reply)
        {
            bytes.Write(piece.Span);
        }
    }

    /// <summary>Takes the list.</summary>
    public RedisReply Take() => ReplyLease.Copy(new ReadOnlySequence<byte>(bytes.WrittenMemory));
}
