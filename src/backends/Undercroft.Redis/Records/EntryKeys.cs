using System.Buffers;

namespace Undercroft.Redis.Records;

/// <summary>Index keys as members of a sorted set: each zero is followed by 255, the end is a zero and a one, and the
/// id comes behind it. So the order of the members is that of the keys, then that of the ids.</summary>
internal static class EntryKeys
{
    /// <summary>What ends a key.</summary>
    public static ReadOnlySpan<byte> End => [0, 1];

    /// <summary>Writes a key, escaped and ended.</summary>
    public static void Write(ReadOnlySpan<byte> key, IBufferWriter<byte> to)
    {
        while (key.IndexOf((byte)0) is var zero and >= 0)
        {
            to.Write(key[..(zero + 1)]);
            to.Write([byte.MaxValue]);
            key = key[(zero + 1)..];
        }

        to.Write(key);
        to.Write(End);
    }

    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    public static int Length(ReadOnlySpan<byte> key) => key.Length + key.Count((byte)0) + End.Length;

    /// <summary>Reads a key from the beginning of a member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="rest">What is behind the key: the id.</param>
    /// <exception cref="InvalidDataException">It is no member of an index.</exception>
    public static byte[] Read(ReadOnlySpan<byte> member, out ReadOnlySpan<byte> rest)
    {
        var end = member.IndexOf(End);
        if (end < 0)
        {
            throw new InvalidDataException("An entry of an index has no end.");
        }

        rest = member[(end + End.Length)..];
        var escaped = member[..end];
        var key = new byte[escaped.Length - escaped.Count((byte)0)];
        var length = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            key[length++] = escaped[i];
            i += escaped[i] == 0 ? 1 : 0;
        }

        return length == key.Length ? key : throw new InvalidDataException("An entry of an index is damaged.");
    }
}
