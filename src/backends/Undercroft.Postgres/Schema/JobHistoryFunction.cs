namespace Undercroft.Postgres.Schema;

/// <summary>The server function that gives the history a table for each day, and takes away those of days of which
/// nothing is left: what was pruned is then gone with its table, not cleaned up row by row.</summary>
/// <remarks>It is never in the way: where it would have to wait, or may not, it does nothing, and rows go to the table
/// of what has no day.</remarks>
internal static class JobHistoryFunction
{
    /// <summary>Makes the function.</summary>
    public const string Create = """
        CREATE FUNCTION {s}.job_history_days_v1(p_now bigint) RETURNS int LANGUAGE plpgsql AS $f$
        DECLARE
            length bigint := 864000000000; day bigint; name text; is_used boolean; changes int := 0;
        BEGIN
            IF NOT pg_try_advisory_xact_lock(hashtextextended('{s} job history', 0)) THEN
                RETURN 0;
            END IF;
            PERFORM set_config('lock_timeout', '100', true);
            FOR day IN SELECT p_now / length + ahead FROM generate_series(0, 1) ahead LOOP
                name := 'job_history_' || day;
                IF to_regclass(format('{s}.%I', name)) IS NULL AND NOT EXISTS (SELECT 1 FROM {s}.job_history_rest h
                    WHERE h.finished >= day * length AND h.finished < (day + 1) * length) THEN
                    EXECUTE format('CREATE TABLE {s}.%I PARTITION OF {s}.job_history FOR VALUES FROM (%s) TO (%s)',
                        name, day * length, (day + 1) * length);
                    changes := changes + 1;
                END IF;
            END LOOP;
            FOR name IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = '{s}.job_history'::regclass AND c.relname ~ '^job_history_[0-9]+$'
                    AND substr(c.relname, 13)::bigint < p_now / length
                ORDER BY substr(c.relname, 13)::bigint LIMIT 10
            LOOP
                EXECUTE format('SELECT EXISTS (SELECT 1 FROM {s}.%I)', name) INTO is_used;
                IF NOT is_used THEN
                    -- Once more when nobody can write to it.
                    EXECUTE format('LOCK TABLE {s}.%I IN ACCESS EXCLUSIVE MODE', name);
                    EXECUTE format('SELECT EXISTS (SELECT 1 FROM {s}.%I)', name) INTO is_used;
                    IF NOT is_used THEN
                        EXECUTE format('DROP TABLE {s}.%I', name);
                        changes := changes + 1;
                    END IF;
                END IF;
            END LOOP;
            RETURN changes;
        EXCEPTION WHEN OTHERS THEN
            RETURN -1;
        END $f$;
        """;
}
