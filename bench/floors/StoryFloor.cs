namespace Undercroft.Bench.Floors;

/// <summary>Stories as whisker-core's SQLite backend keeps and reads them (lib/whisker/storage/backends/sqlite.lua at
/// 50a983b), call for call: a row of JSON, a row of metadata that hangs on it, a rollback journal, synchronous in full,
/// each statement prepared when it is used.</summary>
internal sealed unsafe class StoryFloor : IDisposable
{
    private readonly nint handle;
    private long now;

    public StoryFloor(string path)
    {
        handle = RawSqlite.OpenFile(path);
        foreach (var sql in new[]
        {
            "PRAGMA journal_mode=DELETE",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            """
            CREATE TABLE stories (
                id TEXT PRIMARY KEY NOT NULL, data_blob TEXT NOT NULL,
                created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL)
            """,
            """
            CREATE TABLE metadata (
                id TEXT PRIMARY KEY NOT NULL, story_id TEXT NOT NULL, title TEXT, tags TEXT, size INTEGER,
                FOREIGN KEY (story_id) REFERENCES stories(id) ON DELETE CASCADE)
            """,
            "CREATE INDEX idx_stories_updated ON stories(updated_at DESC)",
            "CREATE INDEX idx_metadata_story ON metadata(story_id)",
            "CREATE INDEX idx_metadata_title ON metadata(title)",
        })
        {
            RawSqlite.Execute(handle, sql);
        }
    }

    public void Save(string id, byte[] json)
    {
        var created = CreatedAt(id) ?? now;
        RawSqlite.Execute(handle, "BEGIN TRANSACTION");
        var story = RawSqlite.PrepareText(
            handle,
            "INSERT OR REPLACE INTO stories (id, data_blob, created_at, updated_at) VALUES (?1, ?2, ?3, ?4)");
        RawSqlite.BindString(story, 1, id);
        fixed (byte* bytes = json)
        {
            _ = RawSqlite.BindText(story, 2, bytes, json.Length, 0);
            _ = RawSqlite.BindNumber(story, 3, created);
            _ = RawSqlite.BindNumber(story, 4, ++now);
            RawSqlite.Run(story);
        }

        RawSqlite.Check(RawSqlite.Finish(story));
        var metadata = RawSqlite.PrepareText(
            handle, "INSERT OR REPLACE INTO metadata (id, story_id, title, tags, size) VALUES (?1, ?1, ?1, '[]', ?2)");
        RawSqlite.BindString(metadata, 1, id);
        _ = RawSqlite.BindNumber(metadata, 2, json.Length);
        RawSqlite.Run(metadata);
        RawSqlite.Check(RawSqlite.Finish(metadata));
        RawSqlite.Execute(handle, "COMMIT");
    }

    public byte[] Load(string id)
    {
        var row = RawSqlite.PrepareText(handle, "SELECT data_blob FROM stories WHERE id = ?1");
        RawSqlite.BindString(row, 1, id);
        if (RawSqlite.Step(row) != RawSqlite.Row)
        {
            throw new InvalidOperationException($"There is no story '{id}'.");
        }

        var bytes = RawSqlite.ColumnBlob(row, 0);
        var json = new ReadOnlySpan<byte>(bytes, RawSqlite.ColumnBytes(row, 0)).ToArray();
        RawSqlite.Check(RawSqlite.Finish(row));
        return json;
    }

    public void Dispose() => _ = RawSqlite.Close(handle);

    private long? CreatedAt(string id)
    {
        var row = RawSqlite.PrepareText(handle, "SELECT created_at FROM stories WHERE id = ?1");
        RawSqlite.BindString(row, 1, id);
        long? created = RawSqlite.Step(row) == RawSqlite.Row ? RawSqlite.ColumnNumber(row, 0) : null;
        RawSqlite.Check(RawSqlite.Finish(row));
        return created;
    }
}
