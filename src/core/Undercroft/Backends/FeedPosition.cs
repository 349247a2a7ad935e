using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Undercroft.Backends;

/// <summary>What a <see cref="FeedCursor"/> holds inside.</summary>
/// <param name="Epoch">The store's epoch.</param>
/// <param name="Salt">The segment the position lies in; 0 at the very beginning.</param>
/// <param name="Sequence">The latest revision already seen.</param>
/// <param name="WalkHorizon">The compaction horizon when the walk began: tombstones before it were never owed to this
/// follower.</param>
public readonly record struct FeedPosition(Guid Epoch, long Salt, long Sequence, long WalkHorizon)
{
    private const string Prefix = "uc1.";
    private const int Size = 16 + (3 * sizeof(long));
    private const int EncodedSize = ((Size * 4) + 2) / 3;

    /// <summary>Writes the position as a cursor.</summary>
    public FeedCursor ToCursor()
    {
        Span<byte> bytes = stackalloc byte[Size];
        _ = Epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], Salt);
        BinaryPrimitives.WriteInt64BigEndian(bytes[24..], Sequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes[32..], WalkHorizon);
        return new FeedCursor(string.Concat(Prefix, Base64Url.EncodeToString(bytes)));
    }

    /// <summary>Reads a cursor that <see cref="ToCursor"/> has written.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static FeedPosition Parse(FeedCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (cursor.Text is not { } text || !text.StartsWith(Prefix, StringComparison.Ordinal) ||
            text.Length != Prefix.Length + EncodedSize ||
            Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length), bytes, out _, out var read) != OperationStatus.Done ||
            read != Size)
        {
            throw new ArgumentException(
                $"{Names.Show(cursor.Text)} is not a feed cursor. Give one back exactly as the store gave it.",
                nameof(cursor));
        }

        return new FeedPosition(
            new Guid(bytes[..16], bigEndian: true),
            BinaryPrimitives.ReadInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[32..]));
    }
}
