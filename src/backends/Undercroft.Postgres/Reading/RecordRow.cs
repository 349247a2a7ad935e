using System.Text;
using Npgsql;
using Undercroft.Backends;

namespace Undercroft.Postgres.Reading;

/// <summary>Makes records of rows. The columns stand in the same places in every statement, from some place on.
/// </summary>
internal static class RecordRow
{
    /// <summary>How many columns a record has.</summary>
    public const int Columns = 11;

    /// <summary>Reads a record.</summary>
    /// <param name="row">The row.</param>
    /// <param name="at">The place of its first column.</param>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public static StoreRecord Read(NpgsqlDataReader row, int at = 0)
    {
        var isWhole = !row.IsDBNull(at + 4);
        return new StoreRecord
        {
            Key = Key(row.GetString(at), row.GetString(at + 1)),
            Revision = new Revision(row.GetInt64(at + 2)),
            IsDeleted = row.GetBoolean(at + 3),
            CreatedAt = isWhole ? Time(row.GetInt64(at + 4)) : default,
            UpdatedAt = isWhole ? Time(row.GetInt64(at + 5)) : default,
            ExpiresAt = isWhole && !row.IsDBNull(at + 6) ? Time(row.GetInt64(at + 6)) : null,
            Origin = row.IsDBNull(at + 7) ? null : Encoding.UTF8.GetString(Bytes(row, at + 7)),
            Meta = row.IsDBNull(at + 8) ? RecordMeta.Empty : new RecordReader(Bytes(row, at + 8)).Meta(),
            Entries = row.IsDBNull(at + 9) ? [] : new RecordReader(Bytes(row, at + 9)).Entries(),
            Value = row.IsDBNull(at + 10) ? default(ReadOnlyMemory<byte>) : Bytes(row, at + 10),
        };
    }

    /// <summary>Reads a record for somebody who decides its expiry: a shape without times keeps that one.</summary>
    public static bool IsExpired(NpgsqlDataReader row, DateTimeOffset now, int at = 0) =>
        !row.IsDBNull(at + 6) && row.GetInt64(at + 6) <= now.UtcTicks;

    /// <summary>Reads bytes.</summary>
    public static byte[] Bytes(NpgsqlDataReader row, int at) => row.GetFieldValue<byte[]>(at);

    private static RecordKey Key(string collection, string id)
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
