namespace Undercroft.Sqlite.Jobs;

/// <summary>The tables of jobs, new with version 2.</summary>
internal static class JobSchema
{
    // What moves is small and stands alone: jobs that have ended leave for the history. Each index is of one state, so
    // that a job is in one of them. 'line' is the concurrency key of a job that waits for it, and null otherwise.
    public static readonly string[] Tables =
    [
        """
        CREATE TABLE jobs (
            ord INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            state INTEGER NOT NULL,
            queue TEXT NOT NULL,
            kind TEXT NOT NULL,
            priority INTEGER NOT NULL,
            due INTEGER NOT NULL,
            enqueued INTEGER NOT NULL,
            started INTEGER NOT NULL,
            fence INTEGER NOT NULL,
            session BLOB,
            attempt INTEGER NOT NULL,
            attempts_max INTEGER NOT NULL,
            line TEXT,
            extra BLOB,
            payload BLOB)
        """,
        "CREATE UNIQUE INDEX jobs_by_id ON jobs (id)",
        "CREATE INDEX jobs_scheduled ON jobs (due, ord) WHERE state = 0",
        "CREATE INDEX jobs_ready ON jobs (queue, kind, priority, due, ord) WHERE state = 1",
        "CREATE INDEX jobs_running ON jobs (session, ord) WHERE state = 2",
        "CREATE INDEX jobs_in_line ON jobs (line, queue, ord) WHERE line IS NOT NULL",
        """
        CREATE TABLE job_history (
            ord INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            state INTEGER NOT NULL,
            queue TEXT NOT NULL,
            kind TEXT NOT NULL,
            priority INTEGER NOT NULL,
            due INTEGER NOT NULL,
            enqueued INTEGER NOT NULL,
            started INTEGER NOT NULL,
            finished INTEGER NOT NULL,
            fence INTEGER NOT NULL,
            session BLOB,
            attempt INTEGER NOT NULL,
            attempts_max INTEGER NOT NULL,
            line TEXT,
            extra BLOB,
            payload BLOB)
        """,
        "CREATE UNIQUE INDEX job_history_by_id ON job_history (id)",
        "CREATE INDEX job_history_by_end ON job_history (state, finished, ord)",
        """
        CREATE TABLE job_cells (
            kind INTEGER NOT NULL,
            key TEXT NOT NULL,
            at INTEGER,
            cell BLOB NOT NULL,
            PRIMARY KEY (kind, key)) WITHOUT ROWID
        """,
        "CREATE INDEX job_cells_by_time ON job_cells (kind, at, key) WHERE at IS NOT NULL",
        """
        CREATE TABLE job_counts (
            queue TEXT NOT NULL,
            state INTEGER NOT NULL,
            jobs INTEGER NOT NULL,
            PRIMARY KEY (queue, state)) WITHOUT ROWID
        """,
    ];
}
