namespace Undercroft.Postgres.Schema;

/// <summary>The server functions that sweep and forget, and the views for people with SQL in hand.</summary>
internal static class UpkeepFunctions
{
    /// <summary>Makes the function that sweeps.</summary>
    public const string Expire = """
        CREATE FUNCTION {s}.expire_v1(p_t int, p_timeline text, p_now bigint, p_at bigint, p_max int) RETURNS bigint
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE
            r bigint; n bigint; ids text[]; cs text[];
        BEGIN
            IF {s}.timeline() IS DISTINCT FROM p_timeline THEN
                RAISE EXCEPTION 'the server is on another timeline' USING ERRCODE = 'UC003';
            END IF;
            SELECT array_agg(l.c), array_agg(l.id) INTO cs, ids FROM (
                SELECT r.c, r.id FROM {s}.records r JOIN (
                    SELECT e.c, e.id FROM {s}.records e WHERE e.t = p_t AND e.expires <= p_now
                    ORDER BY e.expires LIMIT p_max) q ON r.t = p_t AND r.c = q.c AND r.id = q.id
                WHERE r.expires <= p_now
                ORDER BY r.c, r.id FOR UPDATE OF r) l;
            IF ids IS NULL THEN RETURN 0; END IF;
            r := nextval('{s}.revisions');
            DELETE FROM {s}.entries e USING unnest(cs, ids) q(c, id)
            WHERE e.t = p_t AND e.c = q.c AND e.id = q.id;
            UPDATE {s}.records x SET rev = r, xid = pg_current_xact_id(), at = p_at, del = true, many = false,
                updated = p_now, expires = NULL, origin = NULL, meta = NULL, entries = NULL,
                k1 = NULL, k2 = NULL, k3 = NULL, k4 = NULL, k5 = NULL, k6 = NULL, k7 = NULL, k8 = NULL, v = ''
            FROM unnest(cs, ids) q(c, id) WHERE x.t = p_t AND x.c = q.c AND x.id = q.id;
            GET DIAGNOSTICS n = ROW_COUNT;
            RETURN n;
        END $$;
        """;

    /// <summary>Makes the functions.</summary>
    public const string Create = Expire + """

        CREATE FUNCTION {s}.forget_v1(
            p_t int, p_through bigint, p_before bigint, p_xid xid8, p_rev bigint, p_max int,
            OUT examined bigint, OUT forgotten bigint, OUT last_xid xid8, OUT last_rev bigint)
        LANGUAGE plpgsql AS $$
        #variable_conflict use_column
        DECLARE
            top bigint; told bigint; far_xid xid8; far_rev bigint;
        BEGIN
            -- Only what every follower can be shown already: what is above the horizon stays for another time.
            WITH q AS (
                SELECT r.c, r.id, r.xid, r.rev FROM {s}.records r
                WHERE r.t = p_t AND r.del AND (r.xid, r.rev) >= (p_xid, p_rev)
                    AND r.xid < (SELECT pg_snapshot_xmin(pg_current_snapshot()))
                    AND r.rev <= p_through AND r.updated < p_before
                ORDER BY r.xid, r.rev LIMIT p_max FOR UPDATE),
            gone AS (
                DELETE FROM {s}.records r USING q
                WHERE r.t = p_t AND r.c = q.c AND r.id = q.id AND r.del AND r.rev = q.rev
                RETURNING r.xid, r.rev, r.at)
            SELECT (SELECT count(*) FROM q), count(*), max(g.rev), max(g.at),
                (SELECT z.xid FROM gone z ORDER BY z.xid DESC, z.rev DESC LIMIT 1),
                (SELECT z.rev FROM gone z ORDER BY z.xid DESC, z.rev DESC LIMIT 1),
                (SELECT z.xid FROM q z ORDER BY z.xid DESC, z.rev DESC LIMIT 1),
                (SELECT z.rev FROM q z ORDER BY z.xid DESC, z.rev DESC LIMIT 1)
            INTO examined, forgotten, top, told, far_xid, far_rev, last_xid, last_rev
            FROM gone g;
            IF forgotten > 0 THEN
                UPDATE {s}.tenants x SET
                    clock = greatest(x.clock, told), latest = greatest(x.latest, top),
                    horizon_xid = CASE WHEN (far_xid, far_rev) > (x.horizon_xid, x.horizon_rev)
                        THEN far_xid ELSE x.horizon_xid END,
                    horizon_rev = CASE WHEN (far_xid, far_rev) > (x.horizon_xid, x.horizon_rev)
                        THEN far_rev ELSE x.horizon_rev END
                WHERE x.t = p_t;
            END IF;
        END $$;

        CREATE FUNCTION {s}.json_of(p_value bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        BEGIN
            RETURN convert_from(p_value, 'UTF8')::jsonb;
        EXCEPTION WHEN OTHERS THEN
            RETURN NULL;
        END $$;

        CREATE FUNCTION {s}.time_of(p_ticks bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT to_timestamp((p_ticks - 621355968000000000) / 10000000)
                + (p_ticks % 10000000) / 10 * interval '1 microsecond'
            $$;

        CREATE VIEW {s}.documents AS
            SELECT x.name AS tenant, r.c AS collection, r.id, r.rev AS revision, {s}.time_of(r.created) AS created,
                {s}.time_of(r.updated) AS updated, {s}.time_of(r.expires) AS expires, {s}.json_of(r.v) AS document
            FROM {s}.records r JOIN {s}.tenants x ON x.t = r.t
            WHERE NOT r.del AND (r.expires IS NULL OR {s}.time_of(r.expires) > clock_timestamp());

        CREATE FUNCTION {s}.make_view_v1(p_t int, p_c text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            tenant text := (SELECT x.name FROM {s}.tenants x WHERE x.t = p_t);
            name text := CASE WHEN tenant = 'default' THEN 'of_' ELSE 'of_' || tenant || '_' END || p_c;
            place text := '{s}';
        BEGIN
            IF octet_length(name) > 63 THEN
                name := 'of_' || md5(name);
            END IF;
            IF to_regclass(place || '.' || quote_ident(name)) IS NULL THEN
                PERFORM pg_advisory_xact_lock(hashtextextended(place || ' views', 0));
                EXECUTE format('CREATE OR REPLACE VIEW %s.%I AS SELECT id, revision, created, updated, expires, '
                    || 'document FROM %s.documents WHERE tenant = %L AND collection = %L', place, name, place, tenant,
                    p_c);
            END IF;
            RETURN name;
        END $$;
        """;
}
