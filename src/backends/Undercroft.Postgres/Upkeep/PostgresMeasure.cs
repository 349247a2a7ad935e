using Npgsql;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Upkeep;

/// <summary>Counts records and bytes by collection.</summary>
internal static class PostgresMeasure
{
    public static async ValueTask<MaintenanceReport> RunAsync(
        NpgsqlConnection connection, SqlText sql, int tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = sql.Fence.Over($"""
            SELECT r.c,
                count(*) FILTER (WHERE NOT r.del AND (r.expires IS NULL OR r.expires > $2)),
                coalesce(sum(octet_length(r.v)) FILTER (
                    WHERE NOT r.del AND (r.expires IS NULL OR r.expires > $2)), 0)::bigint,
                count(*) FILTER (WHERE r.del)
            FROM {sql.Schema}.records r WHERE r.t = $1 GROUP BY r.c ORDER BY r.c
            """);
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(now.UtcTicks));
        var collections = new List<CollectionSize>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var size = new CollectionSize(
                    reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
                if (size.Records > 0 || size.Tombstones > 0)
                {
                    collections.Add(size);
                }
            }
        }

        return new MaintenanceReport
        {
            Examined = collections.Sum(static size => size.Records),
            Collections = collections,
            StoredBytes = await StoredAsync(connection, sql, cancellationToken).ConfigureAwait(false),
        };
    }

    // The tables hold all tenants: where there are several, what one of them takes is not known.
    private static async ValueTask<long> StoredAsync(
        NpgsqlConnection connection, SqlText sql, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = $"""
            SELECT CASE WHEN (SELECT count(*) FROM {sql.Schema}.tenants) > 1 THEN 0
                ELSE coalesce(sum(pg_total_relation_size(c.oid)), 0) END::bigint
            FROM pg_class c WHERE c.relnamespace = to_regnamespace('{sql.Schema}') AND c.relkind = 'r'
            """;
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long bytes ? bytes : 0;
    }
}
