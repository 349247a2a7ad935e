using System.Buffers.Binary;
using System.Text;

namespace Undercroft.Conformance;

/// <summary>Short words for what the laws write and read.</summary>
internal static class Sample
{
    public const string Collection = "things";

    public static RecordKey Key(string id, string collection = Collection) => new(collection, id);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(StoreRecord? record) =>
        record is null ? "(nothing)" : Encoding.UTF8.GetString(record.Value.Span);

    public static PutOperation Put(string id, string text = "x", WriteCondition condition = default) =>
        new(Key(id), Bytes(text), condition);

    public static PutOperation PutUntil(string id, DateTimeOffset expiresAt) =>
        new(Key(id), Bytes("x")) { ExpiresAt = expiresAt };

    /// <summary>Makes a write of a record that lives for a while.</summary>
    public static PutOperation PutFor(string id, TimeSpan life, WriteCondition condition = default) =>
        new(Key(id), Bytes("x"), condition) { TimeToLive = life };

    public static PutOperation PutWith(string id, params IndexEntry[] entries) =>
        new(Key(id), Bytes(id)) { Entries = entries };

    public static DeleteOperation Delete(string id, WriteCondition condition = default) => new(Key(id), condition);

    public static CheckOperation Check(string id, WriteCondition condition) => new(Key(id), condition);

    public static AddOperation Add(string id, long delta) => new(Key(id), delta);

    public static IndexEntry Entry(string index, params byte[] key) => new(index, key);

    public static IndexEntry Unique(string text, string index = "name") => new(index, Bytes(text), IsUnique: true);

    public static long Number(StoreRecord? record) =>
        record is null ? 0 : BinaryPrimitives.ReadInt64BigEndian(record.Value.Span);

    public static RecordMeta Meta(params (string Name, string Text)[] pairs) =>
        RecordMeta.From(pairs.Select(static pair => KeyValuePair.Create(pair.Name, pair.Text)));

    public static ScanRequest Scan(ScanRange? range = null) =>
        new() { Collection = Collection, Range = range ?? ScanRange.All };
}
