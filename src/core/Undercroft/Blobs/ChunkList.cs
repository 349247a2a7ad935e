using System.Buffers.Binary;

namespace Undercroft.Blobs;

/// <summary>The bytes of a list of parts: <c>UCL1</c>, the level, three zero bytes; then for each part its hash and, in
/// eight bytes, least significant first, its length.</summary>
internal static class ChunkList
{
    /// <summary>How many parts a list has at most. Part of the format: equal blobs must have equal lists.</summary>
    public const int PartsMax = 512;

    private const int HeaderSize = 8;
    private const int PartSize = ContentHash.Size + sizeof(long);

    private static ReadOnlySpan<byte> Mark => "UCL1"u8;

    public static byte[] Format(int level, IReadOnlyList<BlobNode> parts)
    {
        var bytes = new byte[HeaderSize + (parts.Count * PartSize)];
        Mark.CopyTo(bytes);
        bytes[Mark.Length] = (byte)level;
        FormatParts(parts).CopyTo(bytes, HeaderSize);
        return bytes;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="list">The list the bytes must be.</param>
    /// <param name="bytes">What the store holds.</param>
    /// <returns>The parts; null where the bytes are no list of that level and length.</returns>
    public static BlobNode[]? TryParse(BlobNode list, ReadOnlySpan<byte> bytes)
    {
        if (TryParse(list.Level, bytes) is not { } parts)
        {
            return null;
        }

        var rest = list.Length;
        foreach (var part in parts)
        {
            // Lengths of any size must not overflow.
            rest = part.Length > rest ? -1 : rest - part.Length;
            if (rest < 0)
            {
                return null;
            }
        }

        return rest == 0 ? parts : null;
    }

    /// <summary>Reads a list of a level.</summary>
    /// <returns>The parts; null where the bytes are no list of that level.</returns>
    public static BlobNode[]? TryParse(int level, ReadOnlySpan<byte> bytes) =>
        bytes.Length > HeaderSize && bytes.StartsWith(Mark) && bytes[Mark.Length] == level && level > 0 &&
        TryParseParts(level - 1, bytes[HeaderSize..]) is { Length: <= PartsMax } parts
            ? parts
            : null;

    /// <summary>Writes parts without a header: those of an upload that are in no list yet.</summary>
    public static byte[] FormatParts(IReadOnlyList<BlobNode> parts)
    {
        var bytes = new byte[parts.Count * PartSize];
        for (var i = 0; i < parts.Count; i++)
        {
            var at = bytes.AsSpan(i * PartSize, PartSize);
            parts[i].Hash.Write(at);
            BinaryPrimitives.WriteInt64LittleEndian(at[ContentHash.Size..], parts[i].Length);
        }

        return bytes;
    }

    public static BlobNode[]? TryParseParts(int level, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % PartSize != 0)
        {
            return null;
        }

        var parts = new BlobNode[bytes.Length / PartSize];
        for (var i = 0; i < parts.Length; i++)
        {
            var at = bytes.Slice(i * PartSize, PartSize);
            var length = BinaryPrimitives.ReadInt64LittleEndian(at[ContentHash.Size..]);
            if (length <= 0)
            {
                return null;
            }

            parts[i] = new BlobNode(level, ContentHash.Read(at), length);
        }

        return parts;
    }
}
