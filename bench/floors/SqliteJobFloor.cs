using static Undercroft.Bench.Floors.RawSqlite;

namespace Undercroft.Bench.Floors;

/// <summary>What SQLite itself takes for the work of the SQLite store's jobs: the same columns and indexes, raw
/// prepared statements, one transaction for each batch, no layer. Uses nothing of ours.</summary>
public sealed unsafe class SqliteJobFloor : IDisposable
{
    private const string Columns =
        "ord INTEGER PRIMARY KEY, id BLOB NOT NULL, state INTEGER NOT NULL, queue TEXT NOT NULL, " +
        "kind TEXT NOT NULL, priority INTEGER NOT NULL, due INTEGER NOT NULL, enqueued INTEGER NOT NULL, " +
        "started INTEGER NOT NULL, fence INTEGER NOT NULL, session BLOB, attempt INTEGER NOT NULL, " +
        "attempts_max INTEGER NOT NULL, line TEXT, extra BLOB, payload BLOB";

    private static readonly string[] Tables =
    [
        "PRAGMA journal_mode = WAL",
        "PRAGMA cache_size = -16384",
        "PRAGMA wal_autocheckpoint = 4000",
        $"CREATE TABLE jobs ({Columns})",
        "CREATE UNIQUE INDEX jobs_by_id ON jobs (id)",
        "CREATE INDEX jobs_ready ON jobs (queue, kind, priority, due, ord) WHERE state = 1",
        "CREATE INDEX jobs_running ON jobs (session, ord) WHERE state = 2",
        $"CREATE TABLE job_history ({Columns}, finished INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX job_history_by_id ON job_history (id)",
        "CREATE INDEX job_history_by_end ON job_history (state, finished, ord)",
        "CREATE TABLE written (id INTEGER PRIMARY KEY, value BLOB)",
    ];

    private readonly nint handle;
    private readonly nint begin;
    private readonly nint commit;
    private readonly nint insert;
    private readonly nint claim;
    private readonly nint finish;
    private readonly nint delete;
    private readonly nint write;
    private readonly List<(long Order, long Fence)> claimed = [];
    private long order;

    /// <summary>Makes an empty database.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="synchronous"><c>FULL</c> or <c>NORMAL</c>.</param>
    public SqliteJobFloor(string path, string synchronous)
    {
        handle = OpenFile(path);
        foreach (var statement in Tables.Append($"PRAGMA synchronous = {synchronous}"))
        {
            Execute(handle, statement);
        }

        begin = PrepareText(handle, "BEGIN IMMEDIATE");
        commit = PrepareText(handle, "COMMIT");
        insert = PrepareText(
            handle,
            "INSERT INTO jobs (ord, id, state, queue, kind, priority, due, enqueued, started, fence, attempt, " +
            "attempts_max, payload) " +
            "VALUES (?3, randomblob(16), 1, 'default', 'work', 0, ?1, ?1, 0, 0, 0, 20, ?2)");
        claim = PrepareText(
            handle,
            "UPDATE jobs SET state = 2, session = x'00112233445566778899aabbccddeeff', fence = fence + 1, " +
            "attempt = attempt + 1, started = ?1 WHERE ord IN (SELECT ord FROM jobs WHERE state = 1 AND " +
            "queue = 'default' AND kind = 'work' ORDER BY priority, due, ord LIMIT ?2) " +
            "RETURNING ord, id, queue, kind, fence, attempt, payload");
        finish = PrepareText(
            handle,
            "INSERT INTO job_history SELECT ord, id, 4, queue, kind, priority, due, enqueued, started, fence, " +
            "session, attempt, attempts_max, line, extra, payload, ?3 FROM jobs " +
            "WHERE ord = ?1 AND fence = ?2 AND state = 2");
        delete = PrepareText(handle, "DELETE FROM jobs WHERE ord = ?1 AND fence = ?2 AND state = 2");
        write = PrepareText(handle, "INSERT INTO written (value) VALUES (?1)");
    }

    /// <summary>Enqueues jobs in one transaction.</summary>
    public void Enqueue(int count, byte[] payload)
    {
        Run(begin);
        for (var i = 0; i < count; i++)
        {
            fixed (byte* bytes = payload)
            {
                // Places are never used again: the history keeps those of jobs that have ended.
                _ = BindNumber(insert, 1, 638_000_000_000_000_000 + ++order);
                _ = BindBlob(insert, 2, bytes, payload.Length, 0);
                _ = BindNumber(insert, 3, order);
                Run(insert);
            }
        }

        Run(commit);
    }

    /// <summary>Claims jobs in one transaction.</summary>
    /// <returns>How many.</returns>
    public int Claim(int max)
    {
        claimed.Clear();
        Run(begin);
        _ = BindNumber(claim, 1, 638_000_000_000_000_000);
        _ = BindNumber(claim, 2, max);
        while (Step(claim) == Row)
        {
            claimed.Add((ColumnNumber(claim, 0), ColumnNumber(claim, 4)));
            _ = new ReadOnlySpan<byte>(ColumnBlob(claim, 6), ColumnBytes(claim, 6)).ToArray();
        }

        _ = Reset(claim);
        Run(commit);
        return claimed.Count;
    }

    /// <summary>Acknowledges all that was claimed in one transaction.</summary>
    public void AcknowledgeAll()
    {
        Run(begin);
        foreach (var (job, fence) in claimed)
        {
            Acknowledge(job, fence);
        }

        Run(commit);
    }

    /// <summary>Acknowledges each job that was claimed in a transaction of its own, with one write beside it.</summary>
    public void AcknowledgeEach(byte[] value)
    {
        foreach (var (job, fence) in claimed)
        {
            Run(begin);
            fixed (byte* bytes = value)
            {
                _ = BindBlob(write, 1, bytes, value.Length, 0);
                Run(write);
            }

            Acknowledge(job, fence);
            Run(commit);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in new[] { begin, commit, insert, claim, finish, delete, write })
        {
            _ = Finish(statement);
        }

        _ = Close(handle);
    }

    private void Acknowledge(long job, long fence)
    {
        _ = BindNumber(finish, 1, job);
        _ = BindNumber(finish, 2, fence);
        _ = BindNumber(finish, 3, 638_000_000_000_000_000);
        Run(finish);
        _ = BindNumber(delete, 1, job);
        _ = BindNumber(delete, 2, fence);
        Run(delete);
    }
}
