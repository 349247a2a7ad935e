using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Undercroft.Queries;

/// <summary>Writes and reads cursors: a place among the rows of one query, run one way, on one history of a store.
/// </summary>
/// <remarks>Layout, version 1: version, 8 bytes of the query's hash, 8 of the way's, 16 of the epoch, the source, the
/// length of the position in two bytes, the position, the id, and 4 bytes of a hash over all before. The hash finds
/// damage; a cursor gives no access that its query does not give.</remarks>
internal static class QueryCursor
{
    private const byte Version = 1;
    private const int TextMax = 128 * 1024;
    private const int HashBytes = 8;
    private const int Head = 1 + HashBytes + HashBytes + 16 + 1 + 2;
    private const int Check = 4;

    /// <summary>The hash of some text, as cursors keep it.</summary>
    public static ulong HashOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    public static string Write(ulong query, ulong way, Guid epoch, RowPlace place)
    {
        var id = Encoding.UTF8.GetByteCount(place.Id);
        var bytes = new byte[Head + place.Position.Length + id + Check];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), query);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1 + HashBytes), way);
        _ = epoch.TryWriteBytes(bytes.AsSpan(1 + HashBytes + HashBytes), bigEndian: true, out _);
        bytes[Head - 3] = (byte)place.Source;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Head - 2), (ushort)place.Position.Length);
        place.Position.Span.CopyTo(bytes.AsSpan(Head));
        _ = Encoding.UTF8.GetBytes(place.Id, bytes.AsSpan(Head + place.Position.Length));
        CheckOf(bytes.AsSpan(..^Check), bytes.AsSpan(^Check..));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor of a query.</summary>
    /// <returns>The way it walks, and the place.</returns>
    /// <exception cref="ArgumentException">It is no cursor, or another query's.</exception>
    /// <exception cref="StoreException">It belongs to another history of the store:
    /// <see cref="StoreErrorKind.CursorExpired"/>.</exception>
    public static (ulong Way, RowPlace Place) Read(string text, ulong query, Guid epoch)
    {
        var bytes = Decode(text);
        if (BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(1)) != query)
        {
            throw new ArgumentException(
                "The cursor belongs to another query: expected one of the same collection, filter and order. " +
                "Begin without a cursor.",
                nameof(text));
        }

        if (new Guid(bytes.AsSpan(1 + HashBytes + HashBytes, 16), bigEndian: true) != epoch)
        {
            throw Expired("it belongs to another history of the store, which was restored since");
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(Head - 2));
        var id = Encoding.UTF8.GetString(bytes.AsSpan((Head + length)..^Check));
        var place = new RowPlace(bytes[Head - 3], bytes.AsMemory(Head, length), id);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(1 + HashBytes)), place);
    }

    public static StoreException Expired(string reason) => new(
        StoreErrorKind.CursorExpired, $"The query cannot go on from the cursor: {reason}. Begin without a cursor.");

    private static byte[] Decode(string text)
    {
        var bytes = text.Length <= TextMax && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
        Span<byte> check = stackalloc byte[Check];
        var isWhole = bytes.Length >= Head + Check && bytes[0] == Version &&
            Head + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(Head - 2)) <= bytes.Length - Check;
        if (isWhole)
        {
            CheckOf(bytes.AsSpan(..^Check), check);
        }

        return isWhole && check.SequenceEqual(bytes.AsSpan(^Check..))
            ? bytes
            : throw new ArgumentException(
                $"{Names.Show(text)} is no cursor of a query, or it was changed: expected one from the page before. " +
                "Give it back as it came, or begin without one.",
                nameof(text));
    }

    private static void CheckOf(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(bytes, hash);
        hash[..Check].CopyTo(into);
    }
}
