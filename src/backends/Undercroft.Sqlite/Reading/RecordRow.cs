using Undercroft.Backends;
using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Reading;

/// <summary>Makes records of rows. The columns stand in the same places in every statement.</summary>
internal static class RecordRow
{
    public const int Row = 0;
    public const int Collection = 1;
    public const int Id = 2;
    public const int Revision = 3;
    public const int EntryKey = 12;

    private const int Deleted = 4;
    private const int Created = 5;
    private const int Updated = 6;
    private const int Expires = 7;
    private const int Origin = 8;
    private const int Meta = 9;
    private const int Entries = 10;
    private const int Value = 11;

    /// <summary>Whether the row can be seen: a live record, or a tombstone where those are asked for.</summary>
    public static bool IsVisible(SqliteStatement row, bool includeDeleted, DateTimeOffset now) =>
        row.Number(Deleted) != 0 ? includeDeleted : row.IsNull(Expires) || row.Number(Expires) > now.UtcTicks;

    /// <summary>Reads the key and the revision, for those who asked for no more.</summary>
    public static StoreRecord ReadKeys(SqliteStatement row, RecordKey key) => new()
    {
        Key = key,
        Revision = new Revision(row.Number(Revision)),
        IsDeleted = row.Number(Deleted) != 0,
    };

    /// <summary>Reads all that the statement has brought.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public static StoreRecord Read(SqliteStatement row, RecordKey key) => new()
    {
        Key = key,
        Revision = new Revision(row.Number(Revision)),
        IsDeleted = row.Number(Deleted) != 0,
        CreatedAt = Time(row.Number(Created)),
        UpdatedAt = Time(row.Number(Updated)),
        ExpiresAt = row.NumberOrNull(Expires) is { } ticks ? Time(ticks) : null,
        Origin = row.StringOrNull(Origin),
        Meta = row.Bytes(Meta) is { IsEmpty: false } meta ? new RecordReader(meta.ToArray()).Meta() : RecordMeta.Empty,
        Entries = row.Bytes(Entries) is { IsEmpty: false } entries
            ? new RecordReader(entries.ToArray()).Entries()
            : [],
        Value = row.Bytes(Value) is { IsEmpty: false } value ? Copy(value) : default,
    };

    // Cleared first, as an array is otherwise, a long value would be written twice.
    private static byte[] Copy(ReadOnlySpan<byte> value)
    {
        var copy = GC.AllocateUninitializedArray<byte>(value.Length);
        value.CopyTo(copy);
        return copy;
    }

    private static DateTimeOffset Time(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException(FormattableString.Invariant($"A time of {ticks} ticks is out of range."));
}
