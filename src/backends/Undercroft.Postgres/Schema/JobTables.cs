namespace Undercroft.Postgres.Schema;

/// <summary>The tables of jobs, new with the version after the first. <c>{s}</c> stands for the schema.</summary>
/// <remarks>
/// What moves is small and stands alone: jobs that have ended leave for the history, which is parted by the day of
/// their end. Each index is of one state, so that a job is in one of them. <c>line</c> is the concurrency key of a job
/// that waits for it; <c>simple</c> says that a claim changes nothing but the run; <c>ver</c> is another number after
/// each change, so that what was read can be found unchanged. <c>job_outcomes</c> goes with the lanes' results.
/// </remarks>
internal static class JobTables
{
    /// <summary>Makes the tables.</summary>
    public const string Create = """
        ALTER TABLE {s}.writers ADD COLUMN jobs bigint NOT NULL DEFAULT 0;

        CREATE SEQUENCE {s}.job_orders CACHE 1;

        CREATE TABLE {s}.jobs (
            t int NOT NULL,
            ord bigint NOT NULL,
            id uuid NOT NULL,
            ver bigint NOT NULL,
            state int NOT NULL,
            queue text COLLATE "C" NOT NULL,
            kind text COLLATE "C" NOT NULL,
            priority int NOT NULL,
            attempt int NOT NULL,
            attempts_max int NOT NULL,
            due bigint NOT NULL,
            enqueued bigint NOT NULL,
            started bigint NOT NULL,
            fence bigint NOT NULL,
            session uuid,
            simple boolean NOT NULL,
            line text COLLATE "C",
            extra bytea,
            payload bytea,
            PRIMARY KEY (t, ord))
            WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
                autovacuum_vacuum_cost_delay = 0);
        CREATE UNIQUE INDEX jobs_by_id ON {s}.jobs (t, id);
        CREATE INDEX jobs_scheduled ON {s}.jobs (t, due, ord) WHERE state = 0;
        CREATE INDEX jobs_ready ON {s}.jobs (t, queue, kind, priority, due, ord) WHERE state = 1;
        CREATE INDEX jobs_running ON {s}.jobs (t, session, ord) WHERE state = 2;
        CREATE INDEX jobs_in_line ON {s}.jobs (t, queue, line, ord) WHERE line IS NOT NULL;

        CREATE TABLE {s}.job_history (
            t int NOT NULL,
            ord bigint NOT NULL,
            id uuid NOT NULL,
            ver bigint NOT NULL,
            state int NOT NULL,
            queue text COLLATE "C" NOT NULL,
            kind text COLLATE "C" NOT NULL,
            priority int NOT NULL,
            attempt int NOT NULL,
            attempts_max int NOT NULL,
            due bigint NOT NULL,
            enqueued bigint NOT NULL,
            started bigint NOT NULL,
            finished bigint NOT NULL,
            fence bigint NOT NULL,
            session uuid,
            extra bytea,
            payload bytea) PARTITION BY RANGE (finished);
        CREATE INDEX job_history_by_id ON {s}.job_history (t, id);
        CREATE INDEX job_history_by_order ON {s}.job_history (t, ord);
        CREATE INDEX job_history_by_end ON {s}.job_history (t, state, finished, ord);
        CREATE TABLE {s}.job_history_rest PARTITION OF {s}.job_history DEFAULT;

        CREATE TABLE {s}.job_cells (
            t int NOT NULL,
            kind int NOT NULL,
            key text COLLATE "C" NOT NULL,
            ver bigint NOT NULL,
            at bigint NOT NULL,
            flag boolean NOT NULL,
            cell bytea NOT NULL,
            PRIMARY KEY (t, kind, key)) WITH (fillfactor = 50);
        CREATE INDEX job_cells_by_time ON {s}.job_cells (t, at, key) WHERE kind = 0 AND at < 9223372036854775807;

        CREATE TABLE {s}.job_counts (
            t int NOT NULL,
            queue text COLLATE "C" NOT NULL,
            state int NOT NULL,
            jobs bigint NOT NULL,
            PRIMARY KEY (t, queue, state)) WITH (fillfactor = 50);

        CREATE TABLE {s}.job_outcomes (
            t int NOT NULL,
            client uuid NOT NULL,
            number bigint NOT NULL,
            outcomes bytea NOT NULL,
            PRIMARY KEY (t, client, number));
        """;
}
