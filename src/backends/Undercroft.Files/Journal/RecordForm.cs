using System.Buffers.Binary;
using Undercroft.Backends;
using Undercroft.Files.Values;

namespace Undercroft.Files.Journal;

/// <summary>The form records have in journals and indexes: the first with their values, the second without.</summary>
internal sealed class RecordForm
{
    private const int IsDeletedFlag = 1;
    private const int HasBytesFlag = 2;
    private const int HasFileFlag = 4;

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    /// <summary>Writes a record.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="record">The record, its value a <see cref="StoredValue"/>.</param>
    /// <param name="bytes">The value's bytes for a journal; null for an index.</param>
    public static void Write(FrameBuffer buffer, StoreRecord record, byte[]? bytes)
    {
        var writer = new RecordWriter(buffer);
        var value = StoredValue.Of(record);
        writer.Text(record.Key.Collection);
        writer.Text(record.Key.Id);
        writer.Number(record.Revision.Value);
        writer.Number(value is null ? IsDeletedFlag : bytes is null ? HasFileFlag : HasBytesFlag);
        writer.Time(record.CreatedAt);
        writer.Time(record.UpdatedAt);
        writer.Time(record.ExpiresAt);
        writer.Text(record.Origin);
        writer.Meta(record.Meta);
        writer.Entries(record.Entries);
        if (value is null)
        {
            return;
        }

        WriteMark(writer, value.Mark);
        if (bytes is null)
        {
            writer.Number(value.WrittenAt);
        }
        else
        {
            writer.Number(bytes.Length);
            buffer.Add(bytes);
        }
    }

    /// <summary>Reads a record.</summary>
    public StoreRecord Read(ref RecordReader reader)
    {
        var key = ReadKey(ref reader);
        var revision = new Revision(reader.Number());
        var flags = reader.Number();
        var (created, updated, expires) = (reader.Time(), reader.Time(), reader.Time());
        var origin = reader.Text();
        var meta = reader.Meta();
        var entries = EntrySet.Normalize(reader.Entries());
        return new StoreRecord
        {
            Key = key,
            Revision = revision,
            CreatedAt = created ?? default,
            UpdatedAt = updated ?? default,
            ExpiresAt = expires,
            Origin = origin,
            Meta = meta,
            Entries = entries,
            IsDeleted = (flags & IsDeletedFlag) != 0,
            Value = ReadValue(ref reader, flags),
        };
    }

    /// <summary>Reads a key.</summary>
    public RecordKey ReadKey(ref RecordReader reader)
    {
        var collection = reader.Text() ?? string.Empty;
        if (!names.TryGetValue(collection, out var name))
        {
            names[collection] = name = collection;
        }

        try
        {
            return new RecordKey(name, reader.Text() ?? string.Empty);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException(
                $"The record before byte {reader.Position} has no valid key: {error.Message}", error);
        }
    }

    public static void WriteMark(RecordWriter writer, FileMark mark)
    {
        writer.Number((int)mark.Kind);
        if (mark.Kind != ValueKind.None)
        {
            Span<byte> hash = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(hash, mark.Hash);
            writer.Bytes(hash);
            writer.Number(mark.Length);
        }
    }

    public static FileMark ReadMark(ref RecordReader reader)
    {
        var kind = reader.Number();
        if (kind == (int)ValueKind.None)
        {
            return default;
        }

        var hash = reader.Bytes();
        var length = reader.Number();
        var isKnown = kind is (int)ValueKind.Json or (int)ValueKind.Binary;
        return isKnown && hash.Length == 16 && length is >= 0 and <= int.MaxValue
            ? new FileMark((ValueKind)kind, BinaryPrimitives.ReadUInt128BigEndian(hash.Span), (int)length)
            : throw new InvalidDataException($"What a file holds is not told before byte {reader.Position}.");
    }

    private static ReadOnlyMemory<byte> ReadValue(ref RecordReader reader, long flags)
    {
        if ((flags & IsDeletedFlag) != 0)
        {
            return default;
        }

        var mark = ReadMark(ref reader);
        if ((flags & HasFileFlag) != 0)
        {
            return new StoredValue(mark, reader.Number()).Memory;
        }

        var value = new StoredValue(reader.Bytes().ToArray(), mark.Kind);
        return value.Mark == mark
            ? value.Memory
            : throw new InvalidDataException($"A value does not fit its hash before byte {reader.Position}.");
    }
}
