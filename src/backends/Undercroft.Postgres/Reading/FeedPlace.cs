using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Undercroft.Postgres.Reading;

/// <summary>What a cursor of a PostgreSQL store holds inside.</summary>
/// <param name="Epoch">The store's epoch.</param>
/// <param name="Timeline">The server's timeline when the cursor was made.</param>
/// <param name="Seen">The latest commit seen.</param>
/// <param name="WalkHorizon">What had been forgotten when the walk began: that was never owed to this follower.</param>
internal readonly record struct FeedPlace(Guid Epoch, uint Timeline, FeedSpot Seen, FeedSpot WalkHorizon)
{
    private const string Prefix = "ucp1.";
    private const int Size = 16 + sizeof(uint) + (4 * sizeof(long));
    private const int EncodedSize = ((Size * 4) + 2) / 3;

    /// <summary>Writes the place as a cursor.</summary>
    public FeedCursor ToCursor()
    {
        Span<byte> bytes = stackalloc byte[Size];
        _ = Epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], Timeline);
        Write(bytes[20..], Seen);
        Write(bytes[36..], WalkHorizon);
        return new FeedCursor(string.Concat(Prefix, Base64Url.EncodeToString(bytes)));
    }

    /// <summary>Reads a cursor that <see cref="ToCursor"/> has written.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    /// <exception cref="CursorExpiredException">It is of another backend's store.</exception>
    public static FeedPlace Parse(FeedCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (cursor.Text is not { } text || !text.StartsWith(Prefix, StringComparison.Ordinal) ||
            text.Length != Prefix.Length + EncodedSize ||
            Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length), bytes, out _, out var read) != OperationStatus.Done ||
            read != Size)
        {
            throw new ArgumentException(
                $"{Names.Show(cursor.Text)} is not a feed cursor of this store. Give one back exactly as it gave it.",
                nameof(cursor));
        }

        return new FeedPlace(
            new Guid(bytes[..16], bigEndian: true),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            Read(bytes[20..]),
            Read(bytes[36..]));
    }

    private static void Write(Span<byte> bytes, FeedSpot spot)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, spot.Xid);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], spot.Revision);
    }

    private static FeedSpot Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
}
