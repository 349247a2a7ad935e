namespace Undercroft.Postgres.Schema;

/// <summary>The server function that tells the latest revision of a tenant: as its first version, but planned once for
/// a connection, and not again by each commit that asks.</summary>
/// <remarks>A plan that stays may have been made when the table was empty: it is left no choice but the index of the
/// feed.</remarks>
internal static class LatestFunction
{
    /// <summary>Makes the function.</summary>
    public const string Create = """
        CREATE OR REPLACE FUNCTION {s}.latest(p_t int) RETURNS bigint LANGUAGE plpgsql VOLATILE
        SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
        SET plan_cache_mode = force_generic_plan AS $f$
        BEGIN
            RETURN greatest(
                (SELECT x.latest FROM {s}.tenants x WHERE x.t = p_t),
                (SELECT max(l.rev) FROM (
                    SELECT r.rev FROM {s}.records r WHERE r.t = p_t ORDER BY r.xid DESC, r.rev DESC LIMIT 64) l));
        END $f$;
        """;
}
