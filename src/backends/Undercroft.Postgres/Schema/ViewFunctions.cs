namespace Undercroft.Postgres.Schema;

/// <summary>The server functions that name and make the views of collections: a name leads to one collection of one
/// tenant.</summary>
internal static class ViewFunctions
{
    /// <summary>Makes the functions, and gives the views that are there the names they say they have.</summary>
    public const string Create = """
        -- 'of_stories' of the default tenant, 'in_blue_of_stories' of another. The underscores of a tenant are doubled,
        -- so that a single one ends it; a hash is of a kind of its own. So no two collections share a name.
        CREATE OR REPLACE FUNCTION {s}.view_name_v2(p_tenant text, p_c text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
            SELECT CASE WHEN octet_length(n.name) <= 63 THEN n.name
                ELSE 'sha_' || encode(sha224(convert_to(n.name, 'UTF8')), 'hex') END
            FROM (SELECT CASE WHEN p_tenant = 'default' THEN 'of_'
                ELSE 'in_' || replace(p_tenant, '_', '__') || '_of_' END || p_c AS name) n
            $$;

        CREATE OR REPLACE FUNCTION {s}.make_view_v2(p_t int, p_c text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            tenant text := (SELECT x.name FROM {s}.tenants x WHERE x.t = p_t);
            name text := {s}.view_name_v2(tenant, p_c);
            place text := '{s}';
        BEGIN
            IF to_regclass(place || '.' || quote_ident(name)) IS NULL THEN
                PERFORM pg_advisory_xact_lock(hashtextextended(place || ' views', 0));
                EXECUTE format('CREATE OR REPLACE VIEW %s.%I AS SELECT id, revision, created, updated, expires, '
                    || 'document FROM %s.documents WHERE tenant = %L AND collection = %L', place, name, place, tenant,
                    p_c);
            END IF;
            RETURN name;
        END $$;

        -- Older code names views by tenant and collection without a border between them. What it has made is renamed
        -- after what it shows, with its rights; what it makes from now on is made as here. Who owns neither goes on.
        DO $do$
        DECLARE
            v record; said text[]; tenant text; c text; before text;
        BEGIN
            FOR v IN SELECT k.oid, k.relname FROM pg_class k
                WHERE k.relnamespace = '{s}'::regnamespace AND k.relkind = 'v' AND k.relname LIKE 'of\_%'
            LOOP
                said := regexp_match(pg_get_viewdef(v.oid),
                    $re$\((?:documents\.)?tenant = (E?'(?:[^'\\]|\\.|'')*')::text\) AND $re$
                    || $re$\((?:documents\.)?collection = (E?'(?:[^'\\]|\\.|'')*')::text\)$re$);
                CONTINUE WHEN said IS NULL;
                EXECUTE format('SELECT %s, %s', said[1], said[2]) INTO tenant, c;
                before := CASE WHEN tenant = 'default' THEN 'of_' ELSE 'of_' || tenant || '_' END || c;
                before := CASE WHEN octet_length(before) > 63 THEN 'of_' || md5(before) ELSE before END;

                -- A view that somebody has made or named is his.
                IF before = v.relname AND {s}.view_name_v2(tenant, c) <> v.relname THEN
                    BEGIN
                        EXECUTE format('ALTER VIEW {s}.%I RENAME TO %I', v.relname, {s}.view_name_v2(tenant, c));
                    EXCEPTION WHEN insufficient_privilege OR duplicate_table THEN
                        RAISE NOTICE 'the view % keeps its name: %', v.relname, SQLERRM;
                    END;
                END IF;
            END LOOP;
            CREATE OR REPLACE FUNCTION {s}.make_view_v1(p_t int, p_c text) RETURNS text LANGUAGE plpgsql AS $$
            BEGIN
                RETURN {s}.make_view_v2(p_t, p_c);
            END $$;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'older programs go on naming views as before';
        END $do$;
        """;
}
