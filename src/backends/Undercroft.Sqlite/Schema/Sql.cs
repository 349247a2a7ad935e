namespace Undercroft.Sqlite.Schema;

/// <summary>Every statement that runs while a store is in use. A test asks SQLite for the plan of each.</summary>
internal static class Sql
{
    public const string Begin = "BEGIN";
    public const string BeginWrite = "BEGIN IMMEDIATE";
    public const string End = "COMMIT";

    public const string StoreRow = "SELECT sequence, clock, horizon, epoch, transactions FROM store WHERE one = 1";
    public const string SetStoreRow =
        "UPDATE store SET sequence = ?1, clock = ?2, horizon = ?3, transactions = ?4, ahead = ?5 WHERE one = 1";
    public const string Ahead = "SELECT ahead FROM store WHERE one = 1";
    public const string Sequence = "SELECT sequence FROM store WHERE one = 1";

    public const string CollectionNumber = "SELECT number FROM collections WHERE name = ?1";
    public const string CollectionName = "SELECT name FROM collections WHERE number = ?1";
    public const string AddCollection = "INSERT INTO collections (name) VALUES (?1)";
    public const string IndexNumber = "SELECT number FROM indexes WHERE collection = ?1 AND name = ?2";
    public const string AddIndex = "INSERT INTO indexes (collection, name) VALUES (?1, ?2)";

    public const string LastSegment = "SELECT salt, start FROM segments ORDER BY number DESC LIMIT 1";
    public const string Segments = "SELECT salt, start FROM segments ORDER BY number";
    public const string AddSegment = "INSERT INTO segments (salt, start) VALUES (?1, ?2)";
    public const string DropFirstSegment = "DELETE FROM segments WHERE number = (SELECT min(number) FROM segments)";
    public const string StretchFirstSegment =
        "UPDATE segments SET start = ?1 WHERE number = (SELECT min(number) FROM segments)";

    public const string Lane = "SELECT lane FROM lanes WHERE client = ?1";
    public const string SetLane =
        "INSERT INTO lanes (client, used, lane) VALUES (?1, ?2, ?3) " +
        "ON CONFLICT (client) DO UPDATE SET used = excluded.used, lane = excluded.lane";
    public const string PruneLanes = "DELETE FROM lanes WHERE used < ?1";

    public const string InsertRecord =
        "INSERT INTO records (revision, deleted, created, updated, expires, origin, meta, entries, value, " +
        "collection, id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    public const string UpdateRecord =
        "UPDATE records SET revision = ?1, deleted = ?2, created = ?3, updated = ?4, expires = ?5, origin = ?6, " +
        "meta = ?7, entries = ?8, value = ?9 WHERE row = ?10";
    public const string InsertEntry = "INSERT INTO entries (ix, key, id, row) VALUES (?1, ?2, ?3, ?4)";
    public const string DeleteEntry = "DELETE FROM entries WHERE ix = ?1 AND key = ?2 AND id = ?3";

    public const string Holders =
        "SELECT e.id FROM entries e CROSS JOIN records r ON r.row = e.row " +
        "WHERE e.ix = ?1 AND e.key = ?2 AND (r.expires IS NULL OR r.expires > ?3)";

    public const string Expired =
        $"SELECT {Head}, r.entries, NULL FROM records r WHERE r.expires <= ?1 ORDER BY r.expires LIMIT ?2";
    public const string Forgettable =
        "SELECT r.row, r.revision FROM records r " +
        "WHERE r.deleted = 1 AND r.revision >= ?1 AND r.revision <= ?2 AND r.updated < ?3 ORDER BY r.revision LIMIT ?4";
    public const string DeleteRecord = "DELETE FROM records WHERE row = ?1";

    private const string Head = $"r.row, r.collection, r.id, {Facts}";

    // A read by key knows the key.
    private const string HeadByKey = $"r.row, NULL, NULL, {Facts}";

    private const string Facts = "r.revision, r.deleted, r.created, r.updated, r.expires, r.origin, r.meta";
    private const string FactsOfKeys = "r.revision, r.deleted, NULL, NULL, r.expires, NULL, NULL";

    /// <summary>What a conditional write looks at: everything, or everything but the value.</summary>
    public static string Judged(bool withValue) => $"""
        SELECT {HeadByKey}, r.entries, {(withValue ? "r.value" : "NULL")}
        FROM records r WHERE r.collection = ?1 AND r.id = ?2
        """;

    /// <summary>One record or tombstone: ?1 collection, ?2 id.</summary>
    public static string ByKey(RecordDetail detail) => $"""
        SELECT {Columns(detail, isByKey: true)} FROM records r WHERE r.collection = ?1 AND r.id = ?2
        """;

    /// <summary>The feed: ?1 the last revision seen, ?2 now, ?3 an origin to leave out, ?4 the only collection.
    /// </summary>
    public static string Changes(RecordDetail detail) => $"""
        SELECT {Columns(detail)} FROM records r
        WHERE r.revision > ?1 AND (r.expires IS NULL OR r.expires > ?2)
            AND (?3 IS NULL OR r.origin IS NOT ?3) AND (?4 IS NULL OR +r.collection = ?4)
        ORDER BY r.revision
        """;

    /// <summary>Ids of a collection: ?1 collection, ?2 now, ?3 the least, ?4 the end.</summary>
    public static string Ids(RecordDetail detail, bool isReverse, bool isAfter) => $"""
        SELECT {Columns(detail)} FROM records r
        WHERE r.collection = ?1 AND r.id {(isAfter && !isReverse ? ">" : ">=")} ?3 AND r.id < ?4
            AND r.deleted = 0 AND (r.expires IS NULL OR r.expires > ?2)
        ORDER BY r.id{(isReverse ? " DESC" : string.Empty)}
        """;

    /// <summary>Keys of an index: ?1 index, ?2 now, ?3 the least key, ?4 the end, ?5 the id of the place to go on
    /// from.</summary>
    public static string Entries(RecordDetail detail, bool isReverse, bool isAfter) => $"""
        SELECT {Columns(detail)}, e.key FROM entries e CROSS JOIN records r ON r.row = e.row
        WHERE e.ix = ?1 AND {(isAfter, isReverse) switch
        {
            (false, _) => "e.key >= ?3 AND e.key < ?4",
            (true, false) => "(e.key, e.id) > (?3, ?5) AND e.key < ?4",
            (true, true) => "e.key >= ?3 AND (e.key, e.id) < (?4, ?5)",
        }}
            AND (r.expires IS NULL OR r.expires > ?2)
        ORDER BY {(isReverse ? "e.key DESC, e.id DESC" : "e.key, e.id")}
        """;

    private static string Columns(RecordDetail detail, bool isByKey = false)
    {
        var head = isByKey ? HeadByKey : Head;
        return detail switch
        {
            RecordDetail.Whole => $"{head}, NULL, r.value",
            RecordDetail.Complete => $"{head}, r.entries, r.value",
            RecordDetail.Meta => $"{head}, NULL, NULL",
            _ => $"r.row, {(isByKey ? "NULL, NULL" : "r.collection, r.id")}, {FactsOfKeys}, NULL, NULL",
        };
    }
}
