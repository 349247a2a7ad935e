using System.Globalization;

namespace Undercroft.Postgres.Schema;

/// <summary>The server function that judges and applies commits. A change of it is a new function under a new name, so
/// that clients of both versions run side by side.</summary>
/// <remarks>
/// One call takes commits that touch no key twice. It locks the writer's row (a batch that was applied before gives its
/// verdicts again), then the lanes, the unique keys and the records in order, judges, draws the revisions, and writes.
/// A verdict is <c>status, revision, count, values</c>: 0 committed with the counters, 1 conflicts (operation, kind,
/// revision found, entry, each), 2 replay with the counters, 3 identity reused, 4 identity forgotten (the number), and,
/// where <see cref="PutsText"/> has left it so, 5 not done: it is to be sent again.
/// </remarks>
internal static class CommitFunction
{
    /// <summary>Its name.</summary>
    public const string Name = "commit_v3";

    /// <summary>What it was called when it judged by the server's timeline.</summary>
    public const string SecondName = "commit_v2";

    /// <summary>The states the function raises, beside PostgreSQL's own.</summary>
    public const string Raced = "UC001";
    public const string Overtaken = "UC002";
    public const string OtherSegment = "UC003";
    public const string Isolation = "UC004";

    /// <summary>Makes the function as the second version of the schema has it, and the timeline's as one that costs
    /// little in every commit.</summary>
    public static string Create => Timeline + Second;

    /// <summary>Its text when it judged by the server's timeline.</summary>
    public static string Second => Text.Replace("{holders}", Holders(), StringComparison.Ordinal);

    /// <summary>Who holds a unique key, for {u}: the columns are those of version 1.</summary>
    public static string Holders()
    {
        var branches = Enumerable.Range(1, Tables.Slots).Select(static slot => string.Format(
            CultureInfo.InvariantCulture,
            "SELECT r.id, r.del, r.expires FROM {{s}}.records r " +
            "WHERE u.s = {0} AND r.t = p_t AND r.c = u.c AND r.k{0} = u.k",
            slot));
        return string.Join(" UNION ALL ", branches) +
            " UNION ALL SELECT r.id, r.del, r.expires FROM {s}.entries e " +
            "JOIN {s}.records r ON r.t = p_t AND r.c = e.c AND r.id = e.id " +
            "WHERE e.t = p_t AND e.n = u.n AND e.k = u.k";
    }

    private const string Timeline = """
        CREATE OR REPLACE FUNCTION {s}.timeline() RETURNS text LANGUAGE plpgsql STABLE AS $$
        BEGIN
            IF pg_is_in_recovery() THEN RETURN (SELECT max(g.timeline) FROM {s}.segments g); END IF;
            RETURN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);
        END $$;

        """;

    private const string Text = """
        CREATE FUNCTION {s}.commit_v2(
            p_t int, p_writer uuid, p_batch bigint, p_round int, p_timeline text, p_sync text, p_at bigint,
            p_kept int,
            m_now bigint[], m_origin bytea[], m_client uuid[], m_number bigint[], m_digest uuid[],
            o_m int[], o_c text[], o_id text[], o_kind int[], o_cond int[], o_rev bigint[], o_name bytea[],
            o_text bytea[], o_v bytea[], o_expires bigint[], o_created bigint[], o_updated bigint[], o_meta bytea[],
            o_entries bytea[], o_many boolean[], o_tomb boolean[], o_delta bigint[],
            o_k1 bytea[], o_k2 bytea[], o_k3 bytea[], o_k4 bytea[], o_k5 bytea[], o_k6 bytea[], o_k7 bytea[],
            o_k8 bytea[],
            e_o int[], e_n int[], e_k bytea[],
            u_o int[], u_n int[], u_s int[], u_k bytea[], u_e int[],
            OUT v bigint[], OUT x text[])
        LANGUAGE plpgsql AS $f$
        #variable_conflict use_column
        DECLARE
            m int := cardinality(m_now);
            st int[] := array_fill(0, ARRAY[cardinality(m_now)]);
            revs bigint[];
            w_batch bigint; w_verdicts text[]; w_holders text[];
            lane {s}.lanes%ROWTYPE;
            i int; j int; n int; has_ghosts boolean; ghosts int[];
            f_ex boolean[]; f_live boolean[]; f_rev bigint[]; f_ok boolean[]; f_num numeric[]; f_writes boolean[];
            f_ghost boolean[];
            bad_m int[]; bad_o int[]; bad_kind int[]; bad_rev bigint[]; bad_e int[]; bad_holder text[];
            vals bigint[]; latest bigint; has_many boolean; expected int; replies text[];
            any_ident boolean := m_client IS NOT NULL;
        BEGIN
            -- Each statement must see what was committed before its locks were had.
            IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE EXCEPTION 'the transaction is %', current_setting('transaction_isolation')
                    USING ERRCODE = 'UC004';
            END IF;
            IF p_sync IS NOT NULL THEN PERFORM set_config('synchronous_commit', p_sync, true); END IF;
            IF {s}.timeline() IS DISTINCT FROM p_timeline THEN
                RAISE EXCEPTION 'the server is on another timeline' USING ERRCODE = 'UC003';
            END IF;

            -- The writer's row: who repeats a batch waits here for its first try, and gets its verdicts.
            SELECT w.batch, w.verdicts, w.holders INTO w_batch, w_verdicts, w_holders
            FROM {s}.writers w WHERE w.t = p_t AND w.writer = p_writer FOR UPDATE;
            IF NOT FOUND THEN
                INSERT INTO {s}.writers (t, writer, used, batch, verdicts, holders)
                VALUES (p_t, p_writer, p_at, 0, '{}', '{}') ON CONFLICT DO NOTHING;
                SELECT w.batch, w.verdicts, w.holders INTO w_batch, w_verdicts, w_holders
                FROM {s}.writers w WHERE w.t = p_t AND w.writer = p_writer FOR UPDATE;
            END IF;
            IF w_batch > p_batch THEN
                RAISE EXCEPTION 'a later batch of the writer has been applied' USING ERRCODE = 'UC002';
            END IF;
            IF w_batch = p_batch AND cardinality(w_verdicts) >= p_round THEN
                v := w_verdicts[p_round]::bigint[]; x := w_holders[p_round]::text[];
                RETURN;
            END IF;

            -- Identities that callers gave: one lane for each client.
            replies := array_fill(NULL::text, ARRAY[m]);
            IF any_ident THEN
                FOR i IN SELECT q.o::int FROM unnest(m_client) WITH ORDINALITY q(client, o)
                    WHERE q.client IS NOT NULL ORDER BY q.client, q.o
                LOOP
                    SELECT * INTO lane FROM {s}.lanes l WHERE l.t = p_t AND l.client = m_client[i] FOR UPDATE;
                    IF NOT FOUND THEN
                        INSERT INTO {s}.lanes (t, client, used, forgotten, numbers, digests, revisions, counters)
                        VALUES (p_t, m_client[i], p_at, -9223372036854775808, '{}', '{}', '{}', '{}')
                        ON CONFLICT DO NOTHING;
                        SELECT * INTO lane FROM {s}.lanes l WHERE l.t = p_t AND l.client = m_client[i] FOR UPDATE;
                    END IF;
                    j := array_position(lane.numbers, m_number[i]);
                    IF j IS NOT NULL THEN
                        IF lane.digests[j] = m_digest[i] THEN
                            st[i] := 2;
                            vals := lane.counters[j]::bigint[];
                            replies[i] := (ARRAY[2, lane.revisions[j], cardinality(vals)]::bigint[] || vals)::text;
                        ELSE
                            st[i] := 3;
                            replies[i] := '{3,0,0}';
                        END IF;
                    ELSIF m_number[i] <= lane.forgotten THEN
                        st[i] := 4;
                        replies[i] := ARRAY[4, 0, 1, lane.forgotten]::text;
                    END IF;
                END LOOP;
            END IF;

            -- Unique keys, in the order of their numbers, so that two who claim one key come one after the other.
            IF u_o IS NOT NULL THEN
                PERFORM pg_advisory_xact_lock(q.lock) FROM (
                    SELECT DISTINCT hashtextextended('{s} unique', p_t) + (hashtextextended(u.n::text ||
                        encode(u.k, 'hex'), 0) & 511) AS lock
                    FROM unnest(u_n, u_k) u(n, k) ORDER BY 1) q;
            END IF;

            -- Lock the records that exist, in the order of their keys, and look at them.
            WITH w AS (
                SELECT * FROM unnest(o_m, o_c, o_id, o_kind, o_cond, o_rev, o_name, o_text, o_delta, o_tomb)
                    WITH ORDINALITY w(m, c, id, kind, cond, rev, name, txt, delta, tomb, o)),
            l AS MATERIALIZED (
                SELECT r.c, r.id, r.rev, r.del, r.expires, r.created, r.many, r.meta,
                    CASE WHEN octet_length(r.v) = 8 THEN r.v END AS number
                FROM {s}.records r JOIN (SELECT DISTINCT c, id FROM w) k ON r.t = p_t AND r.c = k.c AND r.id = k.id
                ORDER BY r.c, r.id FOR UPDATE OF r),
            f AS (
                SELECT w.*, l.id IS NOT NULL AS ex, l.rev AS found, l.created, l.many, l.meta, l.number,
                    coalesce(NOT l.del AND (l.expires IS NULL OR l.expires > m_now[w.m]), false) AS live,
                    coalesce(l.del, false) AS dead
                FROM w LEFT JOIN l ON l.c = w.c AND l.id = w.id),
            g AS (
                SELECT f.*,
                    CASE f.cond
                        WHEN 0 THEN true
                        WHEN 1 THEN NOT f.live
                        WHEN 2 THEN f.live
                        WHEN 3 THEN f.live AND f.found = f.rev
                        ELSE (CASE WHEN f.live OR f.dead THEN {s}.meta_text_v1(f.meta, f.name) END)
                            IS NOT DISTINCT FROM f.txt
                    END AS ok
                FROM f)
            SELECT array_agg(g.ex), array_agg(g.live), array_agg(CASE WHEN g.live THEN g.found ELSE 0 END),
                bool_or(g.many), array_agg(g.ok),
                array_agg(CASE WHEN g.kind <> 4 THEN NULL WHEN NOT g.live THEN g.delta::numeric
                    WHEN g.number IS NOT NULL
                    THEN ('x' || encode(g.number, 'hex'))::bit(64)::bigint::numeric + g.delta END),
                array_agg(g.kind IN (1, 4) OR (g.kind = 2 AND (g.live OR coalesce(g.tomb, false)))),
                array_agg(g.ok AND NOT g.ex AND (g.kind = 3 OR (g.kind = 2 AND NOT coalesce(g.tomb, false)))),
                bool_or(g.ok AND NOT g.ex AND (g.kind = 3 OR (g.kind = 2 AND NOT coalesce(g.tomb, false))))
            INTO f_ex, f_live, f_rev, has_many, f_ok, f_num, f_writes, f_ghost, has_ghosts
            FROM (SELECT * FROM g ORDER BY g.o) g;

            SELECT array_agg(q.m), array_agg(q.o), array_agg(q.kind), array_agg(q.rev), array_agg(0),
                array_agg(NULL::text)
            INTO bad_m, bad_o, bad_kind, bad_rev, bad_e, bad_holder
            FROM (
                SELECT w.m, w.o::int AS o, f_rev[w.o] AS rev,
                    CASE WHEN NOT w.ok THEN 0 WHEN w.num IS NULL THEN 2 ELSE 3 END AS kind
                FROM unnest(o_m, o_kind, f_ok, f_num) WITH ORDINALITY w(m, kind, ok, num, o)
                WHERE NOT w.ok OR (w.kind = 4 AND (w.num IS NULL
                    OR w.num NOT BETWEEN -9223372036854775808 AND 9223372036854775807))
                ORDER BY w.o) q;
            IF bad_m IS NOT NULL THEN
                FOR i IN 1..cardinality(bad_m) LOOP
                    IF st[bad_m[i]] = 0 THEN st[bad_m[i]] := 1; END IF;
                END LOOP;
            END IF;

            -- Uniqueness on the state after: a holder that is written here gives its key up, unless it is added to.
            -- It is judged beside conditions that do not hold, where one that claims a key does.
            IF u_o IS NOT NULL THEN
                SELECT bad_m || array_agg(q.m), bad_o || array_agg(q.o), bad_kind || array_agg(1),
                    bad_rev || array_agg(q.rev), bad_e || array_agg(q.e), bad_holder || array_agg(q.holder)
                INTO bad_m, bad_o, bad_kind, bad_rev, bad_e, bad_holder
                FROM (
                    SELECT DISTINCT ON (u.o) u.m, u.o, f_rev[u.o] AS rev, u.e, h.id AS holder
                    FROM (SELECT q.*, o_c[q.o] AS c, o_id[q.o] AS id, o_m[q.o] AS m,
                            bool_or(f_ok[q.o]) OVER (PARTITION BY o_m[q.o]) AS judged
                        FROM unnest(u_o, u_n, u_s, u_k, u_e) q(o, n, s, k, e)) u
                    CROSS JOIN LATERAL (
                        SELECT z.id, 2147483647 AS at FROM ({holders}) z
                        WHERE NOT z.del AND (z.expires IS NULL OR z.expires > m_now[u.m])
                            AND z.id <> u.id
                            AND NOT EXISTS (SELECT 1 FROM unnest(o_m, o_c, o_id, o_kind, o_expires)
                                o(m, c, id, kind, expires)
                                WHERE o.m = u.m AND o.c = u.c AND o.id = z.id AND o.kind IN (1, 2, 4)
                                AND (o.kind <> 4 OR o.expires <= m_now[u.m]))
                        UNION ALL
                        SELECT o_id[p.o], p.o FROM unnest(u_o, u_n, u_k) p(o, n, k)
                        WHERE p.n = u.n AND p.k = u.k AND p.o < u.o) h
                    WHERE u.judged AND st[u.m] IN (0, 1)
                    ORDER BY u.o, u.e, h.at, h.id) q;
                IF bad_m IS NOT NULL THEN
                    FOR i IN 1..cardinality(bad_m) LOOP
                        IF st[bad_m[i]] = 0 THEN st[bad_m[i]] := 1; END IF;
                    END LOOP;
                END IF;
            END IF;

            -- The revisions, after the locks: in one record they only grow.
            SELECT array_agg(CASE WHEN q.writes THEN nextval('{s}.revisions') ELSE 0 END ORDER BY q.i) INTO revs
            FROM (SELECT s.i, s.st = 0 AND coalesce(b.writes, false) AS writes
                FROM unnest(st) WITH ORDINALITY s(st, i)
                LEFT JOIN (SELECT w.m, bool_or(w.writes) AS writes
                    FROM unnest(o_m, f_writes) w(m, writes) GROUP BY w.m) b ON b.m = s.i
                ORDER BY s.i) q;

            SELECT count(*) INTO expected FROM unnest(o_m, f_writes) w(m, writes) WHERE w.writes AND revs[w.m] > 0;
            IF has_ghosts THEN
                SELECT array_agg(q.o) INTO ghosts FROM (
                    SELECT min(w.o)::int AS o FROM unnest(o_m, o_c, o_id, f_ghost) WITH ORDINALITY w(m, c, id, ghost, o)
                    WHERE w.ghost AND st[w.m] = 0
                        AND NOT EXISTS (SELECT 1 FROM unnest(o_m, o_c, o_id, f_writes) z(m, c, id, writes)
                            WHERE z.c = w.c AND z.id = w.id AND z.writes AND revs[z.m] > 0)
                    GROUP BY w.c, w.id) q;
                has_ghosts := ghosts IS NOT NULL;
                f_ghost := array_fill(false, ARRAY[cardinality(o_m)]);
                FOREACH i IN ARRAY coalesce(ghosts, '{}') LOOP f_ghost[i] := true; END LOOP;
            END IF;
            IF expected > 0 THEN
                IF has_many THEN
                    DELETE FROM {s}.entries e USING (
                        SELECT w.c, w.id FROM unnest(o_m, o_c, o_id, o_kind, f_writes, f_live)
                            w(m, c, id, kind, writes, live)
                        WHERE w.writes AND revs[w.m] > 0 AND (w.kind <> 4 OR NOT w.live)) q
                    WHERE e.t = p_t AND e.c = q.c AND e.id = q.id;
                END IF;

                UPDATE {s}.records q SET
                    rev = revs[w.m], xid = pg_current_xact_id(), at = p_at, del = w.kind = 2,
                    many = CASE WHEN w.keeps THEN q.many ELSE coalesce(w.many, false) END,
                    created = CASE w.kind
                        WHEN 1 THEN coalesce(w.created, CASE WHEN w.live THEN q.created END, w.updated, m_now[w.m])
                        WHEN 2 THEN q.created
                        ELSE CASE WHEN w.live THEN q.created ELSE m_now[w.m] END END,
                    updated = coalesce(w.updated, m_now[w.m]),
                    expires = CASE WHEN w.kind <> 2 THEN w.expires END,
                    origin = m_origin[w.m],
                    meta = CASE WHEN w.keeps THEN q.meta ELSE w.meta END,
                    entries = CASE WHEN w.keeps THEN q.entries ELSE w.entries END,
                    k1 = CASE WHEN w.keeps THEN q.k1 ELSE w.k1 END, k2 = CASE WHEN w.keeps THEN q.k2 ELSE w.k2 END,
                    k3 = CASE WHEN w.keeps THEN q.k3 ELSE w.k3 END, k4 = CASE WHEN w.keeps THEN q.k4 ELSE w.k4 END,
                    k5 = CASE WHEN w.keeps THEN q.k5 ELSE w.k5 END, k6 = CASE WHEN w.keeps THEN q.k6 ELSE w.k6 END,
                    k7 = CASE WHEN w.keeps THEN q.k7 ELSE w.k7 END, k8 = CASE WHEN w.keeps THEN q.k8 ELSE w.k8 END,
                    v = CASE WHEN w.kind = 4 THEN int8send(w.num::bigint) ELSE coalesce(w.v, '') END
                FROM (SELECT z.*, z.kind = 4 AND z.live AS keeps
                    FROM unnest(o_m, o_c, o_id, o_kind, o_v, o_expires, o_created, o_updated, o_meta, o_entries, o_many,
                        o_k1, o_k2, o_k3, o_k4, o_k5, o_k6, o_k7, o_k8, f_writes, f_live, f_ex, f_num)
                        z(m, c, id, kind, v, expires, created, updated, meta, entries, many,
                        k1, k2, k3, k4, k5, k6, k7, k8, writes, live, ex, num)) w
                WHERE q.t = p_t AND q.c = w.c AND q.id = w.id AND w.writes AND w.ex AND revs[w.m] > 0;
                GET DIAGNOSTICS n = ROW_COUNT;
                expected := expected - n;
            END IF;

            -- What was seen not to be there, and is not written, must not come before we are through: it gets its place
            -- in the primary key until then, in one pass with what is new and in its order.
            IF expected > 0 OR has_ghosts THEN
                INSERT INTO {s}.records (t, c, id, rev, xid, at, del, many, created, updated, expires, origin, meta,
                    entries, k1, k2, k3, k4, k5, k6, k7, k8, v)
                SELECT p_t, w.c, w.id, CASE WHEN w.ghost THEN 0 ELSE revs[w.m] END, pg_current_xact_id(), p_at,
                    w.kind = 2 OR w.ghost, coalesce(w.many, false),
                    coalesce(CASE WHEN w.kind = 1 THEN w.created END, w.updated, m_now[w.m]),
                    coalesce(w.updated, m_now[w.m]),
                    CASE WHEN w.kind <> 2 THEN w.expires END, m_origin[w.m], w.meta, w.entries,
                    w.k1, w.k2, w.k3, w.k4, w.k5, w.k6, w.k7, w.k8,
                    CASE WHEN w.kind = 4 THEN int8send(w.num::bigint) ELSE coalesce(w.v, '') END
                FROM unnest(o_m, o_c, o_id, o_kind, o_v, o_expires, o_created, o_updated, o_meta, o_entries, o_many,
                    o_k1, o_k2, o_k3, o_k4, o_k5, o_k6, o_k7, o_k8, f_writes, f_ex, f_num, f_ghost)
                    w(m, c, id, kind, v, expires, created, updated, meta, entries, many,
                    k1, k2, k3, k4, k5, k6, k7, k8, writes, ex, num, ghost)
                WHERE (w.writes AND NOT w.ex AND revs[w.m] > 0) OR w.ghost
                ORDER BY w.c, w.id
                ON CONFLICT DO NOTHING;
                GET DIAGNOSTICS n = ROW_COUNT;
                IF n <> expected + coalesce(cardinality(ghosts), 0) THEN
                    RAISE EXCEPTION 'a record came meanwhile' USING ERRCODE = 'UC001';
                END IF;
                IF has_ghosts THEN
                    DELETE FROM {s}.records r USING (SELECT o_c[g.o] AS c, o_id[g.o] AS id FROM unnest(ghosts) g(o)) q
                    WHERE r.t = p_t AND r.c = q.c AND r.id = q.id AND r.rev = 0;
                END IF;
            END IF;

            IF e_o IS NOT NULL THEN
                INSERT INTO {s}.entries (t, n, k, c, id)
                SELECT p_t, e.n, e.k, o_c[e.o], o_id[e.o] FROM unnest(e_o, e_n, e_k) e(o, n, k)
                WHERE revs[o_m[e.o]] > 0;
            END IF;

            -- The verdicts.
            v := '{}'; x := '{}';
            IF EXISTS (SELECT 1 FROM unnest(st, revs) q(s, r) WHERE q.s IN (0, 1) AND q.r = 0) THEN
                latest := {s}.latest(p_t);
            END IF;
            IF bad_m IS NULL AND NOT any_ident AND NOT 4 = ANY(o_kind) THEN
                SELECT array_agg(q.a ORDER BY s.i, q.p) INTO v
                FROM unnest(st, revs) WITH ORDINALITY s(st, r, i)
                CROSS JOIN LATERAL (
                    VALUES (1, 0::bigint), (2, CASE WHEN s.r = 0 THEN latest ELSE s.r END), (3, 0)) q(p, a);
            ELSE
                FOR i IN 1..m LOOP
                    IF st[i] = 0 THEN
                        SELECT coalesce(array_agg(w.num::bigint ORDER BY w.o), '{}') INTO vals
                        FROM unnest(o_m, o_kind, f_num) WITH ORDINALITY w(m, kind, num, o) WHERE w.m = i AND w.kind = 4;
                        v := v || 0::bigint || CASE WHEN revs[i] = 0 THEN latest ELSE revs[i] END
                            || cardinality(vals)::bigint || vals;
                        IF any_ident AND m_client[i] IS NOT NULL THEN
                            UPDATE {s}.lanes l SET used = p_at,
                                numbers = (l.numbers || m_number[i])[z.cut + 1:],
                                digests = (l.digests || m_digest[i])[z.cut + 1:],
                                revisions = (l.revisions
                                    || CASE WHEN revs[i] = 0 THEN latest ELSE revs[i] END)[z.cut + 1:],
                                counters = (l.counters || vals::text)[z.cut + 1:],
                                forgotten = CASE WHEN z.cut = 0 THEN l.forgotten
                                    ELSE greatest(l.forgotten, l.numbers[z.cut]) END
                            FROM (SELECT greatest(0, cardinality(y.numbers) + 1 - p_kept) AS cut FROM {s}.lanes y
                                WHERE y.t = p_t AND y.client = m_client[i]) z
                            WHERE l.t = p_t AND l.client = m_client[i];
                        END IF;
                    ELSIF st[i] = 1 THEN
                        v := v || 1::bigint || latest
                            || (SELECT count(*) * 5 FROM unnest(bad_m) b WHERE b = i);
                        FOR j IN 1..cardinality(bad_m) LOOP
                            IF bad_m[j] = i THEN
                                IF bad_holder[j] IS NOT NULL THEN x := x || bad_holder[j]; END IF;
                                v := v || ARRAY[bad_o[j], bad_kind[j], bad_rev[j], bad_e[j],
                                    CASE WHEN bad_holder[j] IS NULL THEN 0 ELSE cardinality(x) END]::bigint[];
                            END IF;
                        END LOOP;
                    ELSE
                        v := v || replies[i]::bigint[];
                    END IF;
                END LOOP;
            END IF;

            UPDATE {s}.writers w SET used = p_at, batch = p_batch,
                verdicts = CASE WHEN w_batch = p_batch THEN w.verdicts || v::text ELSE ARRAY[v::text] END,
                holders = CASE WHEN w_batch = p_batch THEN w.holders || x::text ELSE ARRAY[x::text] END
            WHERE w.t = p_t AND w.writer = p_writer;
        END $f$;
        """;
}
