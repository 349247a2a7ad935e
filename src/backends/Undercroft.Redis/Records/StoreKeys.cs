using System.Text;

namespace Undercroft.Redis.Records;

/// <summary>The names of a store's keys. All of them hold the store's name in braces, so that a cluster keeps them on
/// one hash slot.</summary>
internal sealed class StoreKeys
{
    private readonly byte[] records;

    /// <summary>Names the keys of a store.</summary>
    public StoreKeys(string store)
    {
        Prefix = $"uc:{{{store}}}:";
        Row = Encoding.UTF8.GetBytes(Prefix + "m");
        Channel = Encoding.UTF8.GetBytes(Prefix + "n");
        records = Encoding.UTF8.GetBytes(Prefix + "r:");
    }

    /// <summary>What all keys begin with.</summary>
    public string Prefix { get; }

    /// <summary>The store's row: format, epoch, latest revision, clock, horizon, history.</summary>
    public byte[] Row { get; }

    /// <summary>The channel on which each commit is told.</summary>
    public byte[] Channel { get; }

    /// <summary>The longest a key of a record can be, in bytes.</summary>
    public int RecordBytesMax => records.Length + RecordKey.CollectionBytesMax + 1 + RecordKey.IdBytesMax;

    /// <summary>How many bytes the key of a record takes, or some more.</summary>
    public int RecordBytes(in RecordKey key) => records.Length + 1 +
        Math.Min(3 * key.Collection.Length, RecordKey.CollectionBytesMax) +
        Math.Min(3 * key.Id.Length, RecordKey.IdBytesMax);

    /// <summary>Writes a record's own name: its collection, a zero, its id.</summary>
    /// <returns>How many bytes.</returns>
    public static int WriteName(RecordKey key, Span<byte> to)
    {
        var length = Encoding.UTF8.GetBytes(key.Collection, to);
        to[length++] = 0;
        return length + Encoding.UTF8.GetBytes(key.Id, to[length..]);
    }

    /// <summary>Reads what <see cref="WriteName"/> has written.</summary>
    /// <exception cref="InvalidDataException">It is no name of a record.</exception>
    public static RecordKey ReadName(ReadOnlySpan<byte> name)
    {
        var zero = name.IndexOf((byte)0);
        try
        {
            return zero < 0
                ? throw new InvalidDataException("A key of the store names no record.")
                : new RecordKey(Encoding.UTF8.GetString(name[..zero]), Encoding.UTF8.GetString(name[(zero + 1)..]));
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"A key of the store names no record: {error.Message}", error);
        }
    }

    /// <summary>Writes the key under which a record is kept.</summary>
    /// <returns>How many bytes.</returns>
    public int WriteRecordKey(RecordKey key, Span<byte> to)
    {
        records.CopyTo(to);
        return records.Length + WriteName(key, to[records.Length..]);
    }
}
