using System.Buffers.Text;
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
        "CREATE TABLE store (one INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, clock INTEGER NOT NULL, " +
            "transactions INTEGER NOT NULL)",
        "INSERT INTO store VALUES (1, 0, 0, 0)",
        "CREATE TABLE records (row INTEGER PRIMARY KEY, collection INTEGER NOT NULL, id TEXT NOT NULL, " +
            "revision INTEGER NOT NULL, deleted INTEGER NOT NULL, created INTEGER NOT NULL, " +
            "updated INTEGER NOT NULL, expires INTEGER, origin TEXT, meta BLOB, entries BLOB, value BLOB)",
        "CREATE UNIQUE INDEX records_by_id ON records (collection, id)",
        "CREATE INDEX records_by_revision ON records (revision)",
    ];

    private readonly nint handle;
    private readonly nint begin;
    private readonly nint commit;
    private readonly nint insert;
    private readonly nint claim;
    private readonly nint finish;
    private readonly nint delete;
    private readonly nint find;
    private readonly nint write;
    private readonly nint draw;
    private readonly List<(long Order, long Fence)> claimed = [];
    private long order;
    private long sequence;

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
        find = PrepareText(handle, "SELECT row, revision FROM records WHERE collection = 1 AND id = ?1");
        write = PrepareText(
            handle,
            "INSERT INTO records (collection, id, revision, deleted, created, updated, value) " +
            "VALUES (1, ?1, ?2, 0, ?3, ?3, ?4)");
        draw = PrepareText(
            handle, "UPDATE store SET sequence = ?1, clock = ?2, transactions = transactions + 1 WHERE one = 1");
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

    /// <summary>Acknowledges each job that was claimed in a transaction of its own, with one document beside it: look,
    /// write it under its id with a revision that others can follow, draw that.</summary>
    public void AcknowledgeEach(byte[] value)
    {
        foreach (var (job, fence) in claimed)
        {
            Run(begin);
            Write(value);
            Acknowledge(job, fence);
            Run(commit);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in new[] { begin, commit, insert, claim, finish, delete, find, write, draw })
        {
            _ = Finish(statement);
        }

        _ = Close(handle);
    }

    private void Write(byte[] value)
    {
        const long Now = 638_000_000_000_000_000;
        sequence++;
        var id = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(sequence, new Span<byte>(id, 20), out var length);
        _ = BindText(find, 1, id, length, 0);
        _ = Step(find);
        _ = Reset(find);
        fixed (byte* bytes = value)
        {
            _ = BindText(write, 1, id, length, 0);
            _ = BindNumber(write, 2, sequence);
            _ = BindNumber(write, 3, Now);
            _ = BindBlob(write, 4, bytes, value.Length, 0);
            Run(write);
        }

        _ = BindNumber(draw, 1, sequence);
        _ = BindNumber(draw, 2, Now);
        Run(draw);
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
