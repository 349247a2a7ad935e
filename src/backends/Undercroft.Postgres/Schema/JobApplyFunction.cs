namespace Undercroft.Postgres.Schema;

/// <summary>The server function that keeps what the judge has decided, if all it was decided on still stands.</summary>
/// <remarks>
/// It decides nothing. Under the tenant's lock it finds each row and cell that was asked for as it was read (or not
/// there), else it fails with <see cref="Moved"/>. Where documents are of the same transaction they have been judged
/// before it, and their verdicts are in the writer's row: if a commit was refused, its jobs are not kept (alone), or
/// nothing at all (in a group, <see cref="Refused"/>). A batch that comes again is told that it was applied.
/// </remarks>
internal static class JobApplyFunction
{
    /// <summary>Something has moved since it was read.</summary>
    public const string Moved = "UC005";

    /// <summary>The documents of a commit of a group were refused.</summary>
    public const string Refused = "UC006";

    /// <summary>How many parameters it has.</summary>
    public const int Parameters = 41;

    /// <summary>Which kinds of change there are: bits of a number.</summary>
    public const int Inserts = 1;
    public const int Updates = 2;
    public const int Ends = 4;
    public const int Rare = 8;
    public const int Checks = 16;

    /// <summary>Makes the function.</summary>
    public static string Create => Text.Replace("{byindex}", JobFunctions.ByIndex, StringComparison.Ordinal);

    private const string Text = """
        CREATE FUNCTION {s}.jobs_apply_v1(
            p_t int, p_writer uuid, p_batch bigint, p_rounds int, p_alone boolean, p_at bigint, p_ver bigint,
            p_mask int, p_sync text,
            r_id uuid[], r_ord bigint[], r_old bigint[], r_src int[], r_dst int[], r_state int[], r_queue text[],
            r_kind text[], r_priority int[], r_due bigint[], r_enqueued bigint[], r_started bigint[],
            r_finished bigint[], r_fence bigint[], r_session uuid[], r_attempt int[], r_max int[], r_simple boolean[],
            r_line text[], r_extra bytea[], r_fresh boolean[], r_payload bytea[],
            c_kind int[], c_key text[], c_old bigint[], c_dst int[], c_at bigint[], c_flag boolean[], c_cell bytea[],
            n_queue text[], n_state int[], n_delta bigint[],
            OUT applied int, OUT latest bigint, OUT clock bigint)
        LANGUAGE plpgsql {byindex} AS $f$
        #variable_conflict use_column
        DECLARE
            n int; expected int; w_jobs bigint; w_verdicts text[]; v bigint[]; at int; i int;
        BEGIN
            PERFORM set_config('synchronous_commit', p_sync, true);
            PERFORM pg_advisory_xact_lock(hashtextextended('{s} jobs', p_t));
            clock := {s}.jobs_clock();
            applied := 1;
            SELECT w.jobs, w.verdicts INTO w_jobs, w_verdicts
            FROM {s}.writers w WHERE w.t = p_t AND w.writer = p_writer FOR UPDATE;
            IF NOT FOUND THEN
                INSERT INTO {s}.writers (t, writer, used, batch, verdicts, holders)
                VALUES (p_t, p_writer, p_at, 0, '{}', '{}') ON CONFLICT DO NOTHING;
            END IF;
            latest := {s}.latest(p_t);
            FOR i IN 1..p_rounds LOOP
                v := w_verdicts[i]::bigint[];
                at := 1;
                WHILE at <= cardinality(v) LOOP
                    IF v[at] <> 0 THEN applied := 0; END IF;
                    at := at + 3 + v[at + 2]::int;
                END LOOP;
            END LOOP;
            IF w_jobs >= p_batch THEN
                RETURN;
            END IF;
            IF applied = 0 AND NOT p_alone THEN
                RAISE EXCEPTION 'a commit of the group was refused' USING ERRCODE = 'UC006';
            END IF;
            UPDATE {s}.writers w SET jobs = p_batch, used = p_at WHERE w.t = p_t AND w.writer = p_writer;
            IF applied = 0 THEN
                RETURN;
            END IF;

            IF p_mask & 1 > 0 THEN
                IF EXISTS (SELECT 1 FROM unnest(r_id, r_src) w(id, src) CROSS JOIN LATERAL (
                    SELECT 1 FROM {s}.job_history y WHERE y.t = p_t AND y.id >= w.id AND y.id <= w.id
                    ORDER BY y.id LIMIT 1) h WHERE w.src = 0) THEN
                    RAISE EXCEPTION 'a job was there already' USING ERRCODE = 'UC005';
                END IF;
                INSERT INTO {s}.jobs (t, ord, id, ver, state, queue, kind, priority, attempt, attempts_max, due,
                    enqueued, started, fence, session, simple, line, extra, payload)
                SELECT p_t, nextval('{s}.job_orders'), w.id, p_ver, w.state, w.queue, w.kind, w.priority, w.attempt,
                    w.amax, w.due, w.enqueued, w.started, w.fence, w.session, w.simple, w.line, w.extra, w.payload
                FROM (SELECT * FROM unnest(r_id, r_src, r_dst, r_state, r_queue, r_kind, r_priority, r_attempt, r_max,
                    r_due, r_enqueued, r_started, r_fence, r_session, r_simple, r_line, r_extra, r_payload)
                    WITH ORDINALITY w(id, src, dst, state, queue, kind, priority, attempt, amax, due, enqueued,
                    started, fence, session, simple, line, extra, payload, o) WHERE w.src = 0 AND w.dst = 1
                    ORDER BY w.o) w
                ON CONFLICT DO NOTHING;
                GET DIAGNOSTICS n = ROW_COUNT;
                SELECT count(*) INTO expected FROM unnest(r_src, r_dst) w(src, dst) WHERE w.src = 0 AND w.dst = 1;
                IF n <> expected THEN
                    RAISE EXCEPTION 'a job was there already' USING ERRCODE = 'UC005';
                END IF;
            END IF;

            IF p_mask & 2 > 0 THEN
                UPDATE {s}.jobs j SET ver = p_ver, state = w.state, queue = w.queue, priority = w.priority,
                    attempt = w.attempt, attempts_max = w.amax, due = w.due, started = w.started, fence = w.fence,
                    session = w.session, simple = w.simple, line = w.line, extra = w.extra,
                    payload = CASE WHEN w.fresh THEN w.payload ELSE j.payload END
                FROM unnest(r_ord, r_old, r_src, r_dst, r_state, r_queue, r_priority, r_attempt, r_max, r_due,
                    r_started, r_fence, r_session, r_simple, r_line, r_extra, r_fresh, r_payload)
                    w(ord, old, src, dst, state, queue, priority, attempt, amax, due, started, fence, session, simple,
                    line, extra, fresh, payload)
                    CROSS JOIN LATERAL (
                        SELECT y.ctid AS place FROM {s}.jobs y
                        WHERE y.t = p_t AND y.ord >= w.ord AND y.ord <= w.ord AND y.ver = w.old
                        ORDER BY y.ord LIMIT 1) y
                WHERE w.src = 1 AND w.dst = 1 AND j.ctid = y.place;
                GET DIAGNOSTICS n = ROW_COUNT;
                SELECT count(*) INTO expected FROM unnest(r_src, r_dst) w(src, dst) WHERE w.src = 1 AND w.dst = 1;
                IF n <> expected THEN
                    RAISE EXCEPTION 'a job has moved' USING ERRCODE = 'UC005';
                END IF;
            END IF;

            IF p_mask & 4 > 0 THEN
                WITH d AS (
                    DELETE FROM {s}.jobs j
                    USING unnest(r_ord, r_old, r_src, r_dst, r_state, r_queue, r_priority, r_attempt, r_max, r_due,
                        r_started, r_finished, r_fence, r_session, r_extra, r_fresh, r_payload)
                        w(ord, old, src, dst, state, queue, priority, attempt, amax, due, started, finished, fence,
                        session, extra, fresh, payload)
                    CROSS JOIN LATERAL (
                        SELECT y.ctid AS place FROM {s}.jobs y
                        WHERE y.t = p_t AND y.ord >= w.ord AND y.ord <= w.ord AND y.ver = w.old
                        ORDER BY y.ord LIMIT 1) y
                    WHERE w.src = 1 AND w.dst = 2 AND j.ctid = y.place
                    RETURNING j.ord, j.id, w.state, w.queue, j.kind, w.priority, w.attempt, w.amax, w.due, j.enqueued,
                        w.started, w.finished, w.fence, w.session, w.extra,
                        CASE WHEN w.fresh THEN w.payload ELSE j.payload END AS payload)
                INSERT INTO {s}.job_history (t, ord, id, ver, state, queue, kind, priority, attempt, attempts_max, due,
                    enqueued, started, finished, fence, session, extra, payload)
                SELECT p_t, d.ord, d.id, p_ver, d.state, d.queue, d.kind, d.priority, d.attempt, d.amax, d.due,
                    d.enqueued, d.started, d.finished, d.fence, d.session, d.extra, d.payload FROM d;
                GET DIAGNOSTICS n = ROW_COUNT;
                SELECT count(*) INTO expected FROM unnest(r_src, r_dst) w(src, dst) WHERE w.src = 1 AND w.dst = 2;
                IF n <> expected THEN
                    RAISE EXCEPTION 'a job has moved' USING ERRCODE = 'UC005';
                END IF;
            END IF;

            IF p_mask & 8 > 0 THEN
                n := 0;
                WITH d AS (
                    DELETE FROM {s}.job_history h USING unnest(r_ord, r_old, r_src, r_dst) w(ord, old, src, dst)
                    CROSS JOIN LATERAL (
                        SELECT y.ctid AS place, y.tableoid AS part FROM {s}.job_history y
                        WHERE y.t = p_t AND y.ord >= w.ord AND y.ord <= w.ord AND y.ver = w.old
                        ORDER BY y.ord LIMIT 1) y
                    WHERE w.src = 2 AND w.dst < 3 AND h.ctid = y.place AND h.tableoid = y.part
                    RETURNING h.*),
                g AS (
                    DELETE FROM {s}.jobs j USING unnest(r_ord, r_old, r_src, r_dst) w(ord, old, src, dst)
                    CROSS JOIN LATERAL (
                        SELECT y.ctid AS place FROM {s}.jobs y
                        WHERE y.t = p_t AND y.ord >= w.ord AND y.ord <= w.ord AND y.ver = w.old
                        ORDER BY y.ord LIMIT 1) y
                    WHERE w.src = 1 AND w.dst = 0 AND j.ctid = y.place
                    RETURNING j.ord),
                f AS (
                    SELECT w.*, coalesce(d.kind, w.new_kind) AS kind, coalesce(d.enqueued, w.new_enqueued) AS enqueued,
                        CASE WHEN w.fresh THEN w.payload ELSE d.payload END AS bytes,
                        coalesce(d.ord, nextval('{s}.job_orders')) AS place
                    FROM unnest(r_id, r_ord, r_src, r_dst, r_state, r_queue, r_kind, r_priority, r_attempt, r_max,
                        r_due, r_enqueued, r_started, r_finished, r_fence, r_session, r_simple, r_line, r_extra,
                        r_fresh, r_payload)
                        w(id, ord, src, dst, state, queue, new_kind, priority, attempt, amax, due, new_enqueued,
                        started, finished, fence, session, simple, line, extra, fresh, payload)
                    LEFT JOIN d ON d.ord = w.ord
                    WHERE (w.src = 2 AND w.dst IN (1, 2) AND d.ord IS NOT NULL) OR (w.src = 0 AND w.dst = 2)),
                a AS (
                    INSERT INTO {s}.job_history (t, ord, id, ver, state, queue, kind, priority, attempt, attempts_max,
                        due, enqueued, started, finished, fence, session, extra, payload)
                    SELECT p_t, f.place, f.id, p_ver, f.state, f.queue, f.kind, f.priority, f.attempt, f.amax, f.due,
                        f.enqueued, f.started, f.finished, f.fence, f.session, f.extra, f.bytes
                    FROM f WHERE f.dst = 2 RETURNING 1),
                b AS (
                    INSERT INTO {s}.jobs (t, ord, id, ver, state, queue, kind, priority, attempt, attempts_max, due,
                        enqueued, started, fence, session, simple, line, extra, payload)
                    SELECT p_t, f.place, f.id, p_ver, f.state, f.queue, f.kind, f.priority, f.attempt, f.amax, f.due,
                        f.enqueued, f.started, f.fence, f.session, f.simple, f.line, f.extra, f.bytes
                    FROM f WHERE f.dst = 1 RETURNING 1)
                SELECT (SELECT count(*) FROM d) + (SELECT count(*) FROM g)
                    + 0 * ((SELECT count(*) FROM a) + (SELECT count(*) FROM b)) INTO n;
                SELECT count(*) INTO expected FROM unnest(r_src, r_dst) w(src, dst)
                WHERE (w.src = 2 AND w.dst < 3) OR (w.src = 1 AND w.dst = 0);
                IF n <> expected OR EXISTS (SELECT 1 FROM unnest(r_id, r_src, r_dst) w(id, src, dst)
                    CROSS JOIN LATERAL (
                        SELECT 1 FROM {s}.jobs y WHERE y.t = p_t AND y.id >= w.id AND y.id <= w.id
                        ORDER BY y.id LIMIT 1) j
                    WHERE w.src = 0 AND w.dst = 2) THEN
                    RAISE EXCEPTION 'a job has moved' USING ERRCODE = 'UC005';
                END IF;
            END IF;

            IF p_mask & 16 > 0 THEN
                SELECT count(*) INTO n FROM unnest(r_id, r_old, r_src, r_dst) w(id, old, src, dst)
                LEFT JOIN LATERAL (
                    SELECT y.ver FROM {s}.jobs y WHERE y.t = p_t AND y.id >= w.id AND y.id <= w.id
                    ORDER BY y.id LIMIT 1) j ON true
                LEFT JOIN LATERAL (
                    SELECT y.ver FROM {s}.job_history y WHERE y.t = p_t AND y.id >= w.id AND y.id <= w.id
                    ORDER BY y.id LIMIT 1) h ON true
                WHERE w.dst = 3 AND CASE w.src WHEN 1 THEN j.ver = w.old WHEN 2 THEN h.ver = w.old
                    ELSE j.ver IS NULL AND h.ver IS NULL END;
                SELECT count(*) INTO expected FROM unnest(r_dst) w(dst) WHERE w.dst = 3;
                IF n <> expected THEN
                    RAISE EXCEPTION 'a job has moved' USING ERRCODE = 'UC005';
                END IF;
            END IF;

            IF c_kind IS NOT NULL THEN
                SELECT count(*) INTO n FROM unnest(c_kind, c_key, c_old) w(kind, key, old)
                LEFT JOIN LATERAL (
                    SELECT y.ver FROM {s}.job_cells y
                    WHERE y.t = p_t AND y.kind = w.kind AND y.key >= w.key AND y.key <= w.key
                    ORDER BY y.key LIMIT 1) c ON true
                WHERE coalesce(c.ver, 0) = w.old;
                IF n <> cardinality(c_kind) THEN
                    RAISE EXCEPTION 'a cell has moved' USING ERRCODE = 'UC005';
                END IF;
                INSERT INTO {s}.job_cells (t, kind, key, ver, at, flag, cell)
                SELECT p_t, w.kind, w.key, p_ver, w.at, w.flag, w.cell
                FROM unnest(c_kind, c_key, c_dst, c_at, c_flag, c_cell) w(kind, key, dst, at, flag, cell)
                WHERE w.dst = 1
                ON CONFLICT (t, kind, key) DO UPDATE SET ver = excluded.ver, at = excluded.at, flag = excluded.flag,
                    cell = excluded.cell;
                IF 0 = ANY (c_dst) THEN
                    DELETE FROM {s}.job_cells c USING unnest(c_kind, c_key, c_dst) w(kind, key, dst)
                    CROSS JOIN LATERAL (
                        SELECT y.ctid AS place FROM {s}.job_cells y
                        WHERE y.t = p_t AND y.kind = w.kind AND y.key >= w.key AND y.key <= w.key
                        ORDER BY y.key LIMIT 1) y
                    WHERE w.dst = 0 AND c.ctid = y.place;
                END IF;
            END IF;

            IF n_queue IS NOT NULL THEN
                INSERT INTO {s}.job_counts AS q (t, queue, state, jobs)
                SELECT p_t, w.queue, w.state, w.delta FROM unnest(n_queue, n_state, n_delta) w(queue, state, delta)
                ORDER BY w.queue, w.state
                ON CONFLICT (t, queue, state) DO UPDATE SET jobs = q.jobs + excluded.jobs;
            END IF;
        END $f$;
        """;
}
