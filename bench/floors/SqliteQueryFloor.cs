using static Undercroft.Bench.Floors.RawSqlite;

namespace Undercroft.Bench.Floors;

/// <summary>What a page of a query takes in SQL written by hand: documents as text, an index over two expressions, a
/// keyset for deep pages.</summary>
public sealed unsafe class SqliteQueryFloor : IDisposable
{
    private readonly nint handle;
    private readonly nint begin;
    private readonly nint commit;
    private readonly nint insert;
    private readonly nint page;

    /// <summary>Makes an empty database.</summary>
    /// <param name="path">The file; it must not exist.</param>
    public SqliteQueryFloor(string path)
    {
        handle = OpenFile(path);
        Execute(handle, "PRAGMA journal_mode = WAL");
        Execute(handle, "PRAGMA cache_size = -16384");
        Execute(handle, "CREATE TABLE docs (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)");
        Execute(
            handle,
            "CREATE INDEX docs_by_author ON docs " +
            "(json_extract(body, '$.author'), json_extract(body, '$.score'), id)");
        begin = PrepareText(handle, "BEGIN");
        commit = PrepareText(handle, "COMMIT");
        insert = PrepareText(handle, "INSERT INTO docs (id, body) VALUES (?1, ?2)");
        page = PrepareText(
            handle,
            "SELECT json_extract(body, '$.score'), id, body FROM docs " +
            "WHERE json_extract(body, '$.author') = ?1 AND json_extract(body, '$.score') >= ?2 " +
            "AND (json_extract(body, '$.score') > ?2 OR id > ?3) " +
            "ORDER BY json_extract(body, '$.score'), id LIMIT 50");
    }

    /// <summary>Inserts documents in one transaction.</summary>
    public void Insert(IReadOnlyList<(string Id, byte[] Body)> documents)
    {
        Run(begin);
        foreach (var (id, body) in documents)
        {
            BindString(insert, 1, id);
            fixed (byte* text = body)
            {
                _ = BindText(insert, 2, text, body.Length, 0);
                Run(insert);
            }
        }

        Run(commit);
    }

    /// <summary>Reads a page of 50 of an author's documents by score, and hands each body over.</summary>
    /// <param name="author">The author.</param>
    /// <param name="score">The score to begin at.</param>
    /// <param name="afterId">The id to begin after, among those of that score.</param>
    /// <param name="take">Gets each body.</param>
    /// <returns>Where the next page begins.</returns>
    public (long Score, string Id) Page(string author, long score, string afterId, SpanAction take)
    {
        ArgumentNullException.ThrowIfNull(take);
        BindString(page, 1, author);
        _ = BindNumber(page, 2, score);
        BindString(page, 3, afterId);
        var last = (score, afterId);
        while (Step(page) == Row)
        {
            var id = new ReadOnlySpan<byte>(ColumnBlob(page, 1), ColumnBytes(page, 1));
            last = (ColumnNumber(page, 0), System.Text.Encoding.UTF8.GetString(id));
            take(new ReadOnlySpan<byte>(ColumnBlob(page, 2), ColumnBytes(page, 2)));
        }

        _ = Reset(page);
        return last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in new[] { begin, commit, insert, page })
        {
            _ = Finish(statement);
        }

        _ = Close(handle);
    }
}
