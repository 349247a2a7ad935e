namespace Undercroft.Bench.Floors;

/// <summary>Stories as whisker-core's SQLite backend keeps them: a row of JSON, a row of metadata, a rollback journal,
/// synchronous in full.</summary>
internal sealed unsafe class StoryFloor : IDisposable
{
    private readonly nint handle;
    private readonly nint begin;
    private readonly nint story;
    private readonly nint metadata;
    private readonly nint commit;

    public StoryFloor(string path)
    {
        handle = RawSqlite.OpenFile(path);
        RawSqlite.Execute(handle, "PRAGMA journal_mode=DELETE");
        RawSqlite.Execute(handle, "PRAGMA synchronous=FULL");
        RawSqlite.Execute(
            handle, "CREATE TABLE stories(id TEXT PRIMARY KEY, data_blob TEXT, created_at INT, updated_at INT)");
        RawSqlite.Execute(
            handle, "CREATE TABLE metadata(id TEXT PRIMARY KEY, story_id TEXT, title TEXT, tags TEXT, size INT)");
        RawSqlite.Execute(handle, "CREATE INDEX updated ON stories(updated_at DESC)");
        RawSqlite.Execute(handle, "CREATE INDEX story ON metadata(story_id)");
        RawSqlite.Execute(handle, "CREATE INDEX title ON metadata(title)");
        begin = RawSqlite.PrepareText(handle, "BEGIN");
        story = RawSqlite.PrepareText(handle, "INSERT OR REPLACE INTO stories VALUES (?1, ?2, ?3, ?3)");
        metadata = RawSqlite.PrepareText(handle, "INSERT OR REPLACE INTO metadata VALUES (?1, ?1, ?1, '[]', ?2)");
        commit = RawSqlite.PrepareText(handle, "COMMIT");
    }

    private long now;

    public void Save(string id, byte[] json)
    {
        RawSqlite.Run(begin);
        RawSqlite.BindString(story, 1, id);
        fixed (byte* bytes = json)
        {
            _ = RawSqlite.BindText(story, 2, bytes, json.Length, 0);
            _ = RawSqlite.BindNumber(story, 3, ++now);
            RawSqlite.Run(story);
        }

        RawSqlite.BindString(metadata, 1, id);
        _ = RawSqlite.BindNumber(metadata, 2, json.Length);
        RawSqlite.Run(metadata);
        RawSqlite.Run(commit);
    }

    public void Dispose()
    {
        foreach (var statement in new[] { begin, story, metadata, commit })
        {
            _ = RawSqlite.Finish(statement);
        }

        _ = RawSqlite.Close(handle);
    }
}
