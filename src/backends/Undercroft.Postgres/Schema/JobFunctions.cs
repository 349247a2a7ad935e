namespace Undercroft.Postgres.Schema;

/// <summary>The server functions that read jobs for the judge, and that claim the plain ones without it.</summary>
/// <remarks>
/// All that changes jobs holds the tenant's lock: alone, except that claims of one list share it with each other and
/// skip what others have locked. The planner first looks when the tables are empty, and believes that a tenant has one
/// row. So it is not let to choose: a look-up asks for a range and its order, which only one index has.
/// </remarks>
internal static class JobFunctions
{
    /// <summary>What a row of an answer is.</summary>
    public const int HotRow = 1;
    public const int EndedRow = 2;
    public const int Cell = 3;
    public const int Claimed = 10;
    public const int SessionDead = 11;
    public const int ForTheJudge = 12;

    /// <summary>The settings of all functions of jobs.</summary>
    public const string ByIndex =
        "SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off " +
        "SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan";

    private const string Row =
        "(what int, list int, ord bigint, id uuid, ver bigint, state int, queue text, kind text, priority int, " +
        "due bigint, enqueued bigint, started bigint, finished bigint, fence bigint, session uuid, attempt int, " +
        "attempts_max int, extra bytea, payload bytea)";

    private const string Hot =
        "j.ord, j.id, j.ver, j.state, j.queue, j.kind, j.priority, j.due, j.enqueued, j.started, 0::bigint, " +
        "j.fence, j.session, j.attempt, j.attempts_max, j.extra";

    private const string Ended =
        "h.ord, h.id, h.ver, h.state, h.queue, h.kind, h.priority, h.due, h.enqueued, h.started, h.finished, " +
        "h.fence, h.session, h.attempt, h.attempts_max, h.extra";

    /// <summary>Makes the functions.</summary>
    public static string Create => Fill(Text);

    /// <summary>Fills in what the functions have in common.</summary>
    public static string Fill(string text) => text
        .Replace("{bytes_j}", "CASE WHEN p_bytes THEN j.payload END", StringComparison.Ordinal)
        .Replace("{bytes_h}", "CASE WHEN p_bytes THEN h.payload END", StringComparison.Ordinal)
        .Replace("{row}", Row, StringComparison.Ordinal)
        .Replace("{hot}", Hot, StringComparison.Ordinal)
        .Replace("{ended}", Ended, StringComparison.Ordinal)
        .Replace("{byindex}", ByIndex, StringComparison.Ordinal);

    private const string Text = """
        CREATE FUNCTION {s}.jobs_lock_v1(p_t int) RETURNS int LANGUAGE plpgsql AS $f$
        BEGIN
            -- Whoever falls silent with the lock in hand is put out.
            PERFORM set_config('idle_in_transaction_session_timeout', '5000', true);
            PERFORM pg_advisory_xact_lock(hashtextextended('{s} jobs', p_t));
            RETURN p_t;
        END $f$;

        CREATE FUNCTION {s}.jobs_clock() RETURNS bigint LANGUAGE sql VOLATILE AS
            $$ SELECT (extract(epoch FROM clock_timestamp()) * 10000000)::bigint + 621355968000000000 $$;

        -- All of it is one snapshot: a stable function sees what its statement sees.
        CREATE FUNCTION {s}.jobs_load_v1(
            p_t int, p_ids uuid[], l_list int[], l_queue text[], l_key text[], l_session uuid[], l_max int[],
            c_kind int[], c_key text[], w_kind int[], w_until bigint[], w_max int[],
            p_bytes boolean)
        RETURNS TABLE {row}
        LANGUAGE plpgsql STABLE {byindex} AS $f$
        #variable_conflict use_column
        DECLARE i int;
        BEGIN
            IF p_ids IS NOT NULL THEN
                RETURN QUERY SELECT 1, -1, {hot}, {bytes_j}
                FROM unnest(p_ids) q(x) CROSS JOIN LATERAL (
                    SELECT * FROM {s}.jobs y WHERE y.t = p_t AND y.id >= q.x AND y.id <= q.x ORDER BY y.id LIMIT 1) j;
                RETURN QUERY SELECT 2, -1, {ended}, {bytes_h}
                FROM unnest(p_ids) q(x) CROSS JOIN LATERAL (
                    SELECT * FROM {s}.job_history y WHERE y.t = p_t AND y.id >= q.x AND y.id <= q.x
                    ORDER BY y.id LIMIT 1) h;
            END IF;
            FOR i IN 1..coalesce(cardinality(l_list), 0) LOOP
                CASE l_list[i]
                WHEN 1 THEN
                    RETURN QUERY SELECT 1, i - 1, {hot}, {bytes_j} FROM {s}.jobs j
                    WHERE j.t = p_t AND j.state = 0 ORDER BY j.due, j.ord LIMIT l_max[i];
                WHEN 2 THEN
                    RETURN QUERY SELECT 1, i - 1, {hot}, {bytes_j} FROM {s}.jobs j
                    WHERE j.t = p_t AND j.state = 1 AND j.queue = l_queue[i] AND j.kind = l_key[i]
                    ORDER BY j.priority, j.due, j.ord LIMIT l_max[i];
                WHEN 3 THEN
                    RETURN QUERY SELECT 1, i - 1, {hot}, {bytes_j} FROM {s}.jobs j
                    WHERE j.t = p_t AND j.queue = l_queue[i] AND j.line >= l_key[i] AND j.line <= l_key[i]
                    ORDER BY j.line, j.ord LIMIT l_max[i];
                WHEN 4 THEN
                    RETURN QUERY SELECT 1, i - 1, {hot}, {bytes_j} FROM {s}.jobs j
                    WHERE j.t = p_t AND j.state = 2 AND j.session >= l_session[i] AND j.session <= l_session[i]
                    ORDER BY j.session, j.ord LIMIT l_max[i];
                ELSE
                    RETURN QUERY SELECT 2, i - 1, {ended}, {bytes_h} FROM {s}.job_history h
                    WHERE h.t = p_t AND h.state = l_list[i] - 1 ORDER BY h.finished, h.ord LIMIT l_max[i];
                END CASE;
            END LOOP;
            RETURN QUERY SELECT 3, -1, NULL::bigint, NULL::uuid, c.ver, c.kind, c.key, NULL::text, NULL::int,
                NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::uuid, NULL::int, NULL::int,
                c.cell, NULL::bytea
            FROM unnest(c_kind, c_key) q(k, x) CROSS JOIN LATERAL (
                SELECT * FROM {s}.job_cells y WHERE y.t = p_t AND y.kind = q.k AND y.key >= q.x AND y.key <= q.x
                ORDER BY y.key LIMIT 1) c;
            FOR i IN 1..coalesce(cardinality(w_kind), 0) LOOP
                RETURN QUERY SELECT 3, i - 1, NULL::bigint, NULL::uuid, c.ver, c.kind, c.key, NULL::text, NULL::int,
                    NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::uuid, NULL::int,
                    NULL::int, c.cell, NULL::bytea
                FROM {s}.job_cells c
                WHERE c.t = p_t AND w_kind[i] = 4 AND c.kind = 4 AND c.at <= w_until[i]
                ORDER BY c.at, c.key LIMIT w_max[i];
                RETURN QUERY SELECT 3, i - 1, NULL::bigint, NULL::uuid, c.ver, c.kind, c.key, NULL::text, NULL::int,
                    NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::uuid, NULL::int,
                    NULL::int, c.cell, NULL::bytea
                FROM {s}.job_cells c
                WHERE c.t = p_t AND w_kind[i] = 0 AND c.kind = 0 AND c.at < 9223372036854775807 AND c.at <= w_until[i]
                ORDER BY c.at, c.key LIMIT w_max[i];
            END LOOP;
        END $f$;

        -- Claims what the judge would claim, where that needs nothing but the rows themselves; else it says so and
        -- changes nothing. A claim that comes again under its number (p_ver) brings what it brought.
        CREATE FUNCTION {s}.jobs_claim_v1(
            p_t int, p_session uuid, p_cell text, p_queues text[], p_kinds text[], p_max int, p_now bigint,
            p_ver bigint, p_again boolean, p_priority int, p_due bigint, p_ord bigint)
        RETURNS TABLE {row}
        LANGUAGE plpgsql {byindex} AS $f$
        #variable_conflict use_column
        DECLARE
            is_one boolean := cardinality(p_queues) = 1 AND cardinality(p_kinds) = 1;
            is_plain boolean; ords bigint[]; next_due bigint; found_at bigint; found_flag boolean;
            found_ver bigint; answer int := 10;
        BEGIN
            PERFORM set_config('synchronous_commit', 'off', true);
            IF is_one THEN
                PERFORM pg_advisory_xact_lock_shared(hashtextextended('{s} jobs', p_t));
            ELSE
                PERFORM pg_advisory_xact_lock(hashtextextended('{s} jobs', p_t));
            END IF;
            SELECT c.at, c.flag, c.ver INTO found_at, found_flag, found_ver FROM {s}.job_cells c
            WHERE c.t = p_t AND c.kind = 4 AND c.key = p_cell FOR NO KEY UPDATE;
            SELECT j.due INTO next_due FROM {s}.jobs j
            WHERE j.t = p_t AND j.state = 0 ORDER BY j.due, j.ord LIMIT 1;
            IF found_at IS NULL OR found_flag OR found_at <= p_now THEN
                answer := 11;
            ELSIF p_again AND EXISTS (SELECT 1 FROM (
                SELECT j.ver FROM {s}.jobs j
                WHERE j.t = p_t AND j.state = 2 AND j.session >= p_session AND j.session <= p_session
                ORDER BY j.session, j.ord OFFSET 0) q WHERE q.ver = p_ver) THEN
                RETURN QUERY SELECT 1, 0, {hot}, j.payload FROM {s}.jobs j
                WHERE j.t = p_t AND j.state = 2 AND j.session >= p_session AND j.session <= p_session AND j.ver = p_ver
                ORDER BY j.session, j.ord;
            ELSIF next_due <= p_now OR EXISTS (SELECT 1 FROM unnest(p_queues) q(x) CROSS JOIN LATERAL (
                SELECT 1 FROM {s}.job_cells c WHERE c.t = p_t AND c.kind = 3 AND c.key >= q.x AND c.key <= q.x
                ORDER BY c.key LIMIT 1) c) THEN
                answer := 12;
            ELSE
                IF is_one THEN
                    IF p_ord IS NOT NULL THEN
                        -- Not the dead at the head of the index again: from where the last claim ended.
                        SELECT array_agg(q.ord), bool_and(q.simple) INTO ords, is_plain FROM (
                            SELECT j.ord, j.simple FROM {s}.jobs j
                            WHERE j.t = p_t AND j.state = 1 AND j.queue = p_queues[1] AND j.kind = p_kinds[1]
                                AND (j.priority, j.due, j.ord) > (p_priority, p_due, p_ord)
                            ORDER BY j.priority, j.due, j.ord LIMIT p_max FOR UPDATE SKIP LOCKED) q;
                    END IF;
                    IF ords IS NULL OR cardinality(ords) < p_max THEN
                        SELECT array_agg(q.ord), bool_and(q.simple) INTO ords, is_plain FROM (
                            SELECT j.ord, j.simple FROM {s}.jobs j
                            WHERE j.t = p_t AND j.state = 1 AND j.queue = p_queues[1] AND j.kind = p_kinds[1]
                            ORDER BY j.priority, j.due, j.ord LIMIT p_max FOR UPDATE SKIP LOCKED) q;
                    END IF;
                ELSE
                    SELECT array_agg(q.ord), bool_and(q.simple) INTO ords, is_plain FROM (
                        SELECT l.ord, l.simple
                        FROM (SELECT DISTINCT x FROM unnest(p_queues) u(x)) a
                        CROSS JOIN (SELECT DISTINCT x FROM unnest(p_kinds) u(x)) b
                        CROSS JOIN LATERAL (
                            SELECT j.ord, j.simple, j.priority, j.due FROM {s}.jobs j
                            WHERE j.t = p_t AND j.state = 1 AND j.queue = a.x AND j.kind = b.x
                            ORDER BY j.priority, j.due, j.ord LIMIT p_max) l
                        ORDER BY l.priority, l.due, l.ord LIMIT p_max) q;
                END IF;
                IF NOT is_plain THEN
                    answer := 12;
                ELSIF ords IS NOT NULL THEN
                    RETURN QUERY UPDATE {s}.jobs j SET state = 2, session = p_session, fence = j.fence + 1,
                        attempt = j.attempt + 1, started = p_now, ver = p_ver
                    FROM unnest(ords) w(o) CROSS JOIN LATERAL (
                        SELECT y.ctid AS place FROM {s}.jobs y WHERE y.t = p_t AND y.ord >= w.o AND y.ord <= w.o
                        ORDER BY y.ord LIMIT 1) y
                    WHERE j.ctid = y.place
                    RETURNING 1, 0, {hot}, j.payload;

                    -- Written, not only read: what was judged on the session as it was must not be kept now.
                    UPDATE {s}.job_cells c SET ver = p_ver WHERE c.t = p_t AND c.kind = 4 AND c.key = p_cell;
                END IF;
            END IF;
            RETURN QUERY SELECT answer, 0, NULL::bigint, NULL::uuid, found_ver, NULL::int, NULL::text, NULL::text,
                NULL::int, next_due, NULL::bigint, {s}.jobs_clock(), NULL::bigint, NULL::bigint, NULL::uuid, NULL::int,
                NULL::int, NULL::bytea, NULL::bytea;
        END $f$;
        """;
}
