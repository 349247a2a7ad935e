using System.Buffers;
using System.Buffers.Binary;
using System.Text;


namespace Undercroft.Redis.Records;

/// <summary>The form of a record in Redis: a head of fixed length, the origin, then a body of meta, index entries and
/// value. The functions on the server read the same form.</summary>
/// <remarks>All numbers are written most significant byte first, for Redis's Lua.</remarks>
internal static class RecordCodec
{
    /// <summary>The length of the head: flags, revision, three instants.</summary>
    public const int HeadBytes = 33;

    /// <summary>The instant that is never reached.</summary>
    public const long Never = long.MaxValue;

    private const byte DeletedFlag = 1;
    private const byte LayoutFlag = 16;

    /// <summary>Writes the body of a record.</summary>
    /// <param name="meta">The text beside the value.</param>
    /// <param name="entries">The index entries, in normal form.</param>
    /// <param name="value">The value.</param>
    /// <param name="to">Where to.</param>
    public static void WriteBody(
        RecordMeta meta, IReadOnlyList<IndexEntry> entries, ReadOnlySpan<byte> value, IBufferWriter<byte> to)
    {
        WriteLength(MetaBytes(meta), to);
        WriteLength(EntryBytes(entries), to);
        WriteLength(meta.Count, to);
        if (meta.Count > 0)
        {
            foreach (var (name, text) in meta)
            {
                WriteText(name, to);
                WriteText(text, to);
            }
        }

        WriteEntries(entries, to);
        to.Write(value);
    }

    /// <summary>Writes index entries: for each whether it is unique, its index and its key as a member begins.
    /// </summary>
    public static void WriteEntries(IReadOnlyList<IndexEntry> entries, IBufferWriter<byte> to)
    {
        WriteLength(entries.Count, to);
        for (var i = 0; i < entries.Count; i++)
        {
            WriteEntry(entries[i], to);
        }
    }

    /// <summary>Writes one index entry.</summary>
    public static void WriteEntry(IndexEntry entry, IBufferWriter<byte> to)
    {
        to.Write([entry.IsUnique ? (byte)1 : (byte)0]);
        WriteLength(Encoding.UTF8.GetByteCount(entry.Index), to);
        WriteLength(EntryKeys.Length(entry.Key.Span), to);
        WriteBare(entry.Index, to);
        EntryKeys.Write(entry.Key.Span, to);
    }

    /// <summary>Writes the origin with its length: 0 for none, else that of a mark and its bytes.</summary>
    public static byte[] Origin(string? origin)
    {
        if (origin is null)
        {
            return [0, 0];
        }

        // A mark before the text tells an empty one from none.
        var bytes = new byte[3 + Encoding.UTF8.GetByteCount(origin)];
        bytes[2] = 1;
        _ = Encoding.UTF8.GetBytes(origin, bytes.AsSpan(3));
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(bytes.Length - 2));
        return bytes;
    }

    /// <summary>Writes a length.</summary>
    public static void WriteLength(int length, IBufferWriter<byte> to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(sizeof(int)), length);
        to.Advance(sizeof(int));
    }

    /// <summary>Writes a text with its length.</summary>
    public static void WriteText(string text, IBufferWriter<byte> to)
    {
        WriteLength(Encoding.UTF8.GetByteCount(text), to);
        WriteBare(text, to);
    }

    /// <summary>Reads the revision and whether it can be seen, from a record's head.</summary>
    public static (Revision Revision, bool IsDeleted, long Expires) ReadHead(ReadOnlySpan<byte> raw) =>
        raw.Length >= HeadBytes && (raw[0] & ~DeletedFlag) == LayoutFlag
            ? (new Revision(BinaryPrimitives.ReadInt64BigEndian(raw[1..])), (raw[0] & DeletedFlag) != 0,
                BinaryPrimitives.ReadInt64BigEndian(raw[25..]))
            : throw Damaged("its head is not one");

    /// <summary>Reads a record as far as it is wanted.</summary>
    /// <param name="key">The record's name.</param>
    /// <param name="raw">What is stored; it is copied.</param>
    /// <param name="detail">How much of it.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static StoreRecord Read(RecordKey key, ReadOnlySpan<byte> raw, RecordDetail detail)
    {
        var (revision, isDeleted, expires) = ReadHead(raw);
        if (detail == RecordDetail.Keys)
        {
            return new StoreRecord { Key = key, Revision = revision, IsDeleted = isDeleted };
        }

        var rest = raw[HeadBytes..];
        var origin = ReadOrigin(ref rest);
        var metaBytes = ReadLength(ref rest);
        var entryBytes = ReadLength(ref rest);
        var meta = ReadMeta(Take(ref rest, metaBytes));
        var entries = detail == RecordDetail.Meta ? default : Take(ref rest, entryBytes);
        return new StoreRecord
        {
            Key = key,
            Revision = revision,
            CreatedAt = Instant(raw[9..]),
            UpdatedAt = Instant(raw[17..]),
            ExpiresAt = expires == Never ? null : Instant(raw[25..]),
            Origin = origin,
            Meta = meta,
            Entries = detail == RecordDetail.Complete ? ReadEntries(entries) : [],
            Value = detail == RecordDetail.Meta || rest.IsEmpty ? default : rest.ToArray(),
            IsDeleted = isDeleted,
        };
    }

    /// <summary>Reads an instant.</summary>
    public static DateTimeOffset Instant(ReadOnlySpan<byte> bytes)
    {
        var ticks = bytes.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(bytes) : -1;
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw Damaged("a time is out of range");
    }

    private static int MetaBytes(RecordMeta meta)
    {
        var bytes = sizeof(int);
        if (meta.Count > 0)
        {
            foreach (var (name, text) in meta)
            {
                bytes += (2 * sizeof(int)) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(text);
            }
        }

        return bytes;
    }

    private static int EntryBytes(IReadOnlyList<IndexEntry> entries)
    {
        var bytes = sizeof(int);
        for (var i = 0; i < entries.Count; i++)
        {
            bytes += 1 + (2 * sizeof(int)) + Encoding.UTF8.GetByteCount(entries[i].Index)
                + EntryKeys.Length(entries[i].Key.Span);
        }

        return bytes;
    }

    private static void WriteBare(string text, IBufferWriter<byte> to) =>
        to.Advance(Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    private static string? ReadOrigin(ref ReadOnlySpan<byte> from)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(Take(ref from, sizeof(ushort)));
        return length == 0 ? null : Encoding.UTF8.GetString(Take(ref from, length)[1..]);
    }

    private static RecordMeta ReadMeta(ReadOnlySpan<byte> from)
    {
        var count = ReadLength(ref from);
        if (count == 0)
        {
            return RecordMeta.Empty;
        }

        if (count > from.Length / (2 * sizeof(int)))
        {
            throw Damaged("a count is out of range");
        }

        var pairs = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count; i++)
        {
            var name = Encoding.UTF8.GetString(Take(ref from, ReadLength(ref from)));
            pairs[i] = new(name, Encoding.UTF8.GetString(Take(ref from, ReadLength(ref from))));
        }

        return RecordMeta.From(pairs);
    }

    private static IndexEntry[] ReadEntries(ReadOnlySpan<byte> from)
    {
        var count = ReadLength(ref from);
        if (count == 0)
        {
            return [];
        }

        if (count > from.Length / (1 + (2 * sizeof(int))))
        {
            throw Damaged("a count is out of range");
        }

        var entries = new IndexEntry[count];
        for (var i = 0; i < count; i++)
        {
            var flags = Take(ref from, 1)[0];
            var name = ReadLength(ref from);
            var key = ReadLength(ref from);
            var index = Encoding.UTF8.GetString(Take(ref from, name));
            entries[i] = new IndexEntry(index, EntryKeys.Read(Take(ref from, key), out _), (flags & 1) != 0);
        }

        return entries;
    }

    private static int ReadLength(ref ReadOnlySpan<byte> from) =>
        BinaryPrimitives.ReadInt32BigEndian(Take(ref from, sizeof(int)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int length)
    {
        if (length < 0 || length > from.Length)
        {
            throw Damaged("a length points past its end");
        }

        var taken = from[..length];
        from = from[length..];
        return taken;
    }

    private static InvalidDataException Damaged(string how) => new($"A record is damaged: {how}.");
}
