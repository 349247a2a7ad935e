using System.Text;
using Npgsql;
using Undercroft.Backends;

namespace Undercroft.Postgres.Reading;

/// <summary>Makes records of rows. The columns stand in the same places in every statement, from some place on.
/// </summary>
internal static class RecordRow
{
    /// <summary>How many columns a record has.</summary>
    public const int Columns = 9;

    /// <summary>Reads a record.</summary>
    /// <param name="row">The row.</param>
    /// <param name="key">Which record it is.</param>
    /// <param name="detail">What the statement gives of it. Columns that it leaves out are not looked at.</param>
    /// <param name="at">The place of its first column.</param>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public static StoreRecord Read(NpgsqlDataReader row, RecordKey key, RecordDetail detail, int at = 0)
    {
        var hasMeta = detail != RecordDetail.Keys;
        var hasEntries = detail == RecordDetail.Complete;
        var hasValue = detail is RecordDetail.Whole or RecordDetail.Complete;
        return new StoreRecord
        {
            Key = key,
            Revision = new Revision(row.GetInt64(at)),
            IsDeleted = row.GetBoolean(at + 1),
            CreatedAt = hasMeta ? Time(row.GetInt64(at + 2)) : default,
            UpdatedAt = hasMeta ? Time(row.GetInt64(at + 3)) : default,
            ExpiresAt = row.IsDBNull(at + 4) ? null : Time(row.GetInt64(at + 4)),
            Origin = !hasMeta || row.IsDBNull(at + 5) ? null : Encoding.UTF8.GetString(Bytes(row, at + 5)),
            Meta = !hasMeta || row.IsDBNull(at + 6) ? RecordMeta.Empty : new RecordReader(Bytes(row, at + 6)).Meta(),
            Entries = !hasEntries || row.IsDBNull(at + 7) ? [] : new RecordReader(Bytes(row, at + 7)).Entries(),
            Value = !hasValue || row.IsDBNull(at + 8) ? default(ReadOnlyMemory<byte>) : Bytes(row, at + 8),
        };
    }

    /// <summary>Reads bytes.</summary>
    public static byte[] Bytes(NpgsqlDataReader row, int at) => row.GetFieldValue<byte[]>(at);

    /// <summary>Makes a key of what a row says.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RecordKey Key(string collection, string id)
    {
        try
        {
            return new RecordKey(collection, id);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"A record has no valid key: {error.Message}", error);
        }
    }

    private static DateTimeOffset Time(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException(FormattableString.Invariant($"A time of {ticks} ticks is out of range."));
}
