using System.Globalization;

namespace Undercroft.Postgres.Schema;

/// <summary>The segment of the server's history that commits are on, and the functions that judge by it.</summary>
/// <remarks>
/// <c>boot</c> is an unlogged table: the server empties it where it was not shut down in order, where a standby takes
/// over, and where a base backup is started. Its one row says that the segment has been noted since; where it is
/// missing, commits may have been lost, and whoever commits next begins a new one. The functions of version 2 looked at
/// the server's timeline, which a crash does not change. Whoever may call them needs no right of his own on the table.
/// <para>A segment is the timeline, eight digits, and the milliseconds since 1970 in twelve, both hexadecimal; that of
/// older code is the timeline alone, and in <c>segments</c>, which older code reads. Their order is that of their text.
/// </para>
/// </remarks>
internal static class SegmentFunctions
{
    /// <summary>How many revisions a new segment leaves out: more than can have been lost.</summary>
    public const long RevisionsLeftOut = 1L << 32;

    /// <summary>Makes the table and the functions, and begins the first segment.</summary>
    public static string Create => string.Join(
        '\n',
        Text.Replace(
            "{step}", RevisionsLeftOut.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
        Judging(CommitFunction.Second, CommitFunction.SecondName, CommitFunction.Name),
        Judging(UpkeepFunctions.Expire, "expire_v1", "expire_v2"),
        "SELECT {s}.begin_segment_v1();");

    private const string Text = """
        DO $do$
        DECLARE
            owner name := (SELECT k.relowner::regrole::text FROM pg_class k WHERE k.oid = '{s}.records'::regclass);
        BEGIN
            IF NOT pg_has_role(owner, 'USAGE') THEN
                RAISE EXCEPTION 'only %, who owns the tables, may bring the schema up to date: open the store once as '
                    'that role', owner USING ERRCODE = 'insufficient_privilege';
            END IF;
        END $do$;

        -- What an older dump that was restored over these has not taken away is used again.
        CREATE UNLOGGED TABLE IF NOT EXISTS {s}.boot (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            segment text COLLATE "C" NOT NULL);

        CREATE TABLE IF NOT EXISTS {s}.history (
            segment text COLLATE "C" PRIMARY KEY,
            start xid8 NOT NULL,
            begun timestamptz NOT NULL DEFAULT now());

        CREATE OR REPLACE FUNCTION {s}.segment_v1() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $f$
        BEGIN
            IF pg_catalog.pg_is_in_recovery() THEN
                RETURN (SELECT pg_catalog.max(h.segment) FROM {s}.history h);
            END IF;
            RETURN (SELECT b.segment FROM {s}.boot b);
        END $f$;

        -- The segment as cursors have it, and the first transaction that those of the segment given may not have seen.
        CREATE OR REPLACE FUNCTION {s}.feed_segment_v1(p_cursor text, OUT segment text, OUT cut xid8)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $f$
        BEGIN
            segment := coalesce({s}.segment_v1(), (SELECT max(h.segment) FROM {s}.history h), '00000000');
            cut := least(
                (SELECT min(h.start) FROM {s}.history h WHERE h.segment > p_cursor COLLATE "C"),
                (SELECT min(g.start) FROM {s}.segments g WHERE g.timeline > left(p_cursor, 8) COLLATE "C"),

                -- A standby may be behind a cursor; another server is where something was lost.
                CASE WHEN NOT pg_is_in_recovery() THEN pg_snapshot_xmin(pg_current_snapshot()) END);
        END $f$;

        CREATE OR REPLACE FUNCTION {s}.begin_segment_v1() RETURNS text LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $f$
        DECLARE
            noted text; before text; moment bigint; seen xid8; latest xid8; top xid8; start xid8;
        BEGIN
            -- Who comes second waits here, and sees what the first has noted.
            PERFORM pg_advisory_xact_lock(hashtextextended('{s} segment', 0));
            SELECT b.segment INTO noted FROM {s}.boot b;
            IF noted IS NOT NULL THEN RETURN noted; END IF;
            PERFORM set_config('synchronous_commit', 'local', true);

            SELECT max(h.segment) INTO before FROM {s}.history h;
            moment := greatest((extract(epoch FROM clock_timestamp()) * 1000)::bigint,
                ('x' || lpad(substr(before, 9), 16, '0'))::bit(64)::bigint + 1);
            noted := greatest(
                substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) COLLATE "C", substr(before, 1, 8)) ||
                lpad(to_hex(moment), 12, '0');
            INSERT INTO {s}.boot (segment) VALUES (noted);

            -- The first one cuts nothing off: older code has looked after what was before.
            IF before IS NULL THEN
                INSERT INTO {s}.history (segment, start) VALUES (noted, '18446744073709551615');
                RETURN noted;
            END IF;

            -- Whoever has seen more than there is has seen what was lost.
            start := pg_snapshot_xmin(pg_current_snapshot());
            FOR seen, latest IN
                SELECT x.horizon_xid, (SELECT r.xid FROM {s}.records r WHERE r.t = x.t
                    ORDER BY r.xid DESC, r.rev DESC LIMIT 1)
                FROM {s}.tenants x
            LOOP
                seen := CASE WHEN latest > seen THEN latest ELSE seen END;
                top := CASE WHEN top IS NULL OR seen > top THEN seen ELSE top END;
            END LOOP;
            top := (coalesce(top, '0'::xid8)::text::bigint + 1)::text::xid8;
            start := CASE WHEN top < start THEN top ELSE start END;
            INSERT INTO {s}.history (segment, start) VALUES (noted, start);
            INSERT INTO {s}.segments (timeline, start) VALUES (substr(noted, 1, 8), start) ON CONFLICT DO NOTHING;

            -- No revision that was lost is given out again.
            PERFORM setval('{s}.revisions', (SELECT q.last_value FROM {s}.revisions q) + {step});
            RETURN noted;
        END $f$;
        """;

    private static string Judging(string function, string name, string next) => function
        .Replace($"CREATE FUNCTION {{s}}.{name}", $"CREATE OR REPLACE FUNCTION {{s}}.{next}", StringComparison.Ordinal)
        .Replace("{s}.timeline()", "{s}.segment_v1()", StringComparison.Ordinal);
}
