using Undercroft.Sqlite.Native;

namespace Undercroft.Sqlite.Upkeep;

/// <summary>Counts records and bytes by collection.</summary>
internal static class SqliteMeasure
{
    // The length of a blob is known without reading it.
    private const string Sizes = """
        SELECT c.name,
            sum(r.deleted = 0 AND (r.expires IS NULL OR r.expires > ?1)),
            total(CASE WHEN r.deleted = 0 AND (r.expires IS NULL OR r.expires > ?1) THEN length(r.value) END),
            sum(r.deleted)
        FROM records r JOIN collections c ON c.number = r.collection
        GROUP BY r.collection ORDER BY c.name
        """;

    public static MaintenanceReport Run(SqliteConnection connection, string path, DateTimeOffset now)
    {
        using var sizes = new SqliteStatement(connection, Sizes);
        sizes.Bind(1, now.UtcTicks);
        var collections = new List<CollectionSize>();
        while (sizes.Step())
        {
            var size = new CollectionSize(sizes.String(0), sizes.Number(1), sizes.Number(2), sizes.Number(3));
            if (size.Records > 0 || size.Tombstones > 0)
            {
                collections.Add(size);
            }
        }

        var log = new FileInfo(path + "-wal");
        return new MaintenanceReport
        {
            Examined = collections.Sum(static size => size.Records),
            Collections = collections,
            StoredBytes = ((connection.Query("PRAGMA page_count") ?? 0) * (connection.Query("PRAGMA page_size") ?? 0)) +
                (log.Exists ? log.Length : 0),
        };
    }
}
