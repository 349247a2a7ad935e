using Npgsql;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Upkeep;

/// <summary>Removes a tenant, in one transaction; the tables stay.</summary>
internal sealed class TenantRemoval(PostgresSource source, SqlText sql, StoreInfo info, int tenant) : IRemovableStore
{
    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CancellationToken cancellationToken = default)
    {
        if (info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.ReadOnly, source.Place, "it is open for reading only",
                "Open it for writing to remove it.");
        }

        _ = await source.RunAsync(RemoveAsync, "remove the store", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<int> RemoveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = await TablesAsync(connection, cancellationToken).ConfigureAwait(false);
        var batch = connection.CreateBatch();
        await using var owned = batch.ConfigureAwait(false);

        // Its own row last: until then it can be found, and removed again.
        foreach (var table in tables.Append("tenants"))
        {
            var command = new NpgsqlBatchCommand(
                sql.Fence.Over($"DELETE FROM {sql.Schema}.{SqlText.Quote(table)} WHERE t = $1"));
            _ = command.Parameters.Add(Parameter.Of(tenant));
            batch.BatchCommands.Add(command);
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    // Whatever is of a tenant has its number: no table that comes later is forgotten.
    private async ValueTask<List<string>> TablesAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = $"""
            SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = to_regnamespace('{sql.Schema}') AND c.relkind IN ('r', 'p')
                AND NOT c.relispartition AND a.attname = 't' AND NOT a.attisdropped AND c.relname <> 'tenants'
            ORDER BY 1
            """;
        var tables = new List<string>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }
}
