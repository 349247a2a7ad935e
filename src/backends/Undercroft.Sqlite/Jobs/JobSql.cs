namespace Undercroft.Sqlite.Jobs;

/// <summary>The statements about jobs. Kept apart from code, so that a test can ask SQLite for the plan of each.
/// </summary>
internal static class JobSql
{
    public const string FindHot = $"SELECT {Columns}, 0 FROM jobs WHERE id = ?1";
    public const string FindEnded = $"SELECT {Columns}, finished FROM job_history WHERE id = ?1";

    public const string Insert =
        "INSERT INTO jobs (state, queue, kind, priority, due, enqueued, started, fence, session, attempt, " +
        "attempts_max, line, extra, payload, ord, id) " +
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

    public const string Update =
        "UPDATE jobs SET state = ?1, queue = ?2, kind = ?3, priority = ?4, due = ?5, enqueued = ?6, started = ?7, " +
        "fence = ?8, session = ?9, attempt = ?10, attempts_max = ?11, line = ?12, extra = ?13, payload = ?14 " +
        "WHERE ord = ?15";

    // Most changes are these alone; what they leave out stays where it is.
    public const string UpdateRun =
        "UPDATE jobs SET state = ?1, due = ?2, started = ?3, fence = ?4, session = ?5, attempt = ?6 WHERE ord = ?7";

    public const string Delete = "DELETE FROM jobs WHERE ord = ?1";

    public const string Finish =
        "INSERT OR REPLACE INTO job_history (state, queue, kind, priority, due, enqueued, started, fence, session, " +
        "attempt, attempts_max, line, extra, payload, ord, id, finished) " +
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

    public const string DeleteEnded = "DELETE FROM job_history WHERE ord = ?1";

    public const string WalkScheduled =
        $"SELECT {Columns}, 0 FROM jobs WHERE state = 0 ORDER BY due, ord LIMIT ?1";

    public const string WalkReady =
        $"SELECT {Columns}, 0 FROM jobs WHERE state = 1 AND queue = ?2 AND kind = ?3 " +
        "ORDER BY priority, due, ord LIMIT ?1";

    public const string WalkSession =
        $"SELECT {Columns}, 0 FROM jobs WHERE state = 2 AND session = ?2 ORDER BY ord LIMIT ?1";

    public const string WalkWaiters =
        $"SELECT {Columns}, 0 FROM jobs WHERE line = ?3 AND queue = ?2 ORDER BY ord LIMIT ?1";

    public const string WalkEnded =
        $"SELECT {Columns}, finished FROM job_history WHERE state = ?2 AND finished <= ?3 " +
        "ORDER BY finished, ord LIMIT ?1";

    public const string Cell = "SELECT cell FROM job_cells WHERE kind = ?1 AND key = ?2";

    public const string SetCell =
        "INSERT INTO job_cells (kind, key, at, cell) VALUES (?1, ?2, ?3, ?4) " +
        "ON CONFLICT (kind, key) DO UPDATE SET at = excluded.at, cell = excluded.cell";

    public const string DropCell = "DELETE FROM job_cells WHERE kind = ?1 AND key = ?2";

    public const string WalkCells =
        "SELECT key, cell FROM job_cells WHERE kind = ?1 AND at <= ?2 ORDER BY at, key LIMIT ?3";

    public const string Cells = "SELECT key, cell FROM job_cells WHERE kind = ?1";

    public const string LastOrder =
        "SELECT max(coalesce((SELECT max(ord) FROM jobs), 0), coalesce((SELECT max(ord) FROM job_history), 0))";

    public const string Count =
        "INSERT INTO job_counts (queue, state, jobs) VALUES (?1, ?2, ?3) " +
        "ON CONFLICT (queue, state) DO UPDATE SET jobs = jobs + excluded.jobs";

    /// <summary>All of a small table: one row for each queue and state.</summary>
    public const string Counts = "SELECT queue, state, jobs FROM job_counts ORDER BY queue, state";

    private const string Columns =
        "ord, id, state, queue, kind, priority, due, enqueued, started, fence, session, attempt, attempts_max, " +
        "extra, payload";

    /// <summary>Jobs in the order they were enqueued in: ?1 the state, ?2 the place to go on from.</summary>
    public static string List(bool isEnded, bool isReverse) => $"""
        SELECT {Columns}, {(isEnded ? "finished" : "0")} FROM {(isEnded ? "job_history" : "jobs")}
        WHERE +state = ?1 AND ord {(isReverse ? "<" : ">")} ?2 ORDER BY ord{(isReverse ? " DESC" : "")}
        """;
}
