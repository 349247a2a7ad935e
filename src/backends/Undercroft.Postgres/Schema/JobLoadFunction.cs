namespace Undercroft.Postgres.Schema;

/// <summary>The server function that reads jobs for the judge: as its first version, and besides it ends the lists of
/// what has ended at a time, and finds limiters by theirs.</summary>
internal static class JobLoadFunction
{
    /// <summary>How many parameters it has.</summary>
    public const int Parameters = 14;

    /// <summary>Makes the function, and the index that it needs.</summary>
    public static string Create => JobFunctions.Fill(Text);

    private const string Text = """
        CREATE INDEX job_cells_limiters ON {s}.job_cells (t, at, key) WHERE kind = 2;

        -- All of it is one snapshot: a stable function sees what its statement sees.
        CREATE FUNCTION {s}.jobs_load_v2(
            p_t int, p_ids uuid[], l_list int[], l_queue text[], l_key text[], l_session uuid[], l_max int[],
            l_until bigint[], c_kind int[], c_key text[], w_kind int[], w_until bigint[], w_max int[],
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
                    WHERE h.t = p_t AND h.state = l_list[i] - 1 AND h.finished <= l_until[i]
                    ORDER BY h.finished, h.ord LIMIT l_max[i];
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
                RETURN QUERY SELECT 3, i - 1, NULL::bigint, NULL::uuid, c.ver, c.kind, c.key, NULL::text, NULL::int,
                    NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::uuid, NULL::int,
                    NULL::int, c.cell, NULL::bytea
                FROM {s}.job_cells c
                WHERE c.t = p_t AND w_kind[i] = 2 AND c.kind = 2 AND c.at <= w_until[i]
                ORDER BY c.at, c.key LIMIT w_max[i];
            END LOOP;
        END $f$;
        """;
}
