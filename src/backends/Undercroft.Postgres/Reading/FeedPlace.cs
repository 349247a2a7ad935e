using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Undercroft.Postgres.Reading;

/// <summary>What a cursor of a PostgreSQL store holds inside.</summary>
/// <param name="Epoch">The store's epoch.</param>
/// <param name="Segment">The segment of the server's history on which the cursor was made.</param>
/// <param name="Seen">The latest commit seen.</param>
/// <param name="WalkHorizon">What had been forgotten when the walk began: that was never owed to this follower.</param>
internal readonly record struct FeedPlace(Guid Epoch, FeedSegment Segment, FeedSpot Seen, FeedSpot WalkHorizon)
{
    private const string Prefix = "ucp2.";

    // Without the moment of the segment, at the end.
    private const string OldPrefix = "ucp1.";
    private const int OldSize = 16 + sizeof(uint) + (4 * sizeof(long));
    private const int Size = OldSize + sizeof(long);

    /// <summary>Writes the place as a cursor.</summary>
    public FeedCursor ToCursor()
    {
        Span<byte> bytes = stackalloc byte[Size];
        _ = Epoch.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], Segment.Timeline);
        Write(bytes[20..], Seen);
        Write(bytes[36..], WalkHorizon);
        BinaryPrimitives.WriteInt64BigEndian(bytes[OldSize..], Segment.Moment);
        return new FeedCursor(string.Concat(Prefix, Base64Url.EncodeToString(bytes)));
    }

    /// <summary>Reads a cursor that <see cref="ToCursor"/> has written.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    /// <exception cref="CursorExpiredException">It is of another backend's store.</exception>
    public static FeedPlace Parse(FeedCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        if (!TryDecode(cursor.Text, Prefix, bytes) && !TryDecode(cursor.Text, OldPrefix, bytes[..OldSize]))
        {
            throw new ArgumentException(
                $"{Names.Show(cursor.Text)} is not a feed cursor of this store. Give one back exactly as it gave it.",
                nameof(cursor));
        }

        return new FeedPlace(
            new Guid(bytes[..16], bigEndian: true),
            new FeedSegment(
                BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64BigEndian(bytes[OldSize..])),
            Read(bytes[20..]),
            Read(bytes[36..]));
    }

    private static bool TryDecode(string? text, string prefix, Span<byte> bytes) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal) &&
        text.Length == prefix.Length + (((bytes.Length * 4) + 2) / 3) &&
        Base64Url.DecodeFromChars(text.AsSpan(prefix.Length), bytes, out _, out var read) == OperationStatus.Done &&
        read == bytes.Length;

    private static void Write(Span<byte> bytes, FeedSpot spot)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, spot.Xid);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], spot.Revision);
    }

    private static FeedSpot Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
}
