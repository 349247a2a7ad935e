using System.Globalization;
using Npgsql;
using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres.Schema;

/// <summary>Brings the schema to the version this code uses, and finds or makes the tenant.</summary>
/// <param name="options">The settings.</param>
/// <param name="sql">The statements.</param>
/// <param name="place">Where the store is, for messages.</param>
/// <param name="migrations">The steps there are.</param>
internal sealed class StoreOpening(
    PostgresStoreOptions options, SqlText sql, PostgresPlace place, IReadOnlyList<Migration> migrations)
{
    private const int ServerVersionMin = 15;

    private int Known => migrations[^1].Version;

    /// <summary>Opens the store on a connection.</summary>
    public async ValueTask<OpenedTenant> OpenAsync(
        NpgsqlConnection connection, TimeProvider time, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < ServerVersionMin)
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.Unsupported, place,
                $"the server is PostgreSQL {connection.PostgreSqlVersion.Major}, expected {ServerVersionMin} or later",
                "Upgrade the server.");
        }

        var server = time as ServerTime;
        var sentAt = server?.Mark() ?? 0;
        var (encoding, fsync, standby, isolation, clock) =
            await ServerAsync(connection, cancellationToken).ConfigureAwait(false);
        server?.Hear(clock, sentAt);
        if (encoding != "UTF8")
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.Unsupported, place,
                $"the database's encoding is {Names.Show(encoding)}, expected 'UTF8'",
                "Create the database with ENCODING 'UTF8'.");
        }

        if (isolation != "read committed" && !options.ReadOnly)
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.Unsupported, place,
                $"default_transaction_isolation is {Names.Show(isolation)}, expected 'read committed'",
                $"Run ALTER ROLE {Names.Show(place.User)} SET default_transaction_isolation = 'read committed', or " +
                "change it where the database or the server sets it.");
        }

        if (standby && !options.ReadOnly)
        {
            throw new PostgresException(
                "the server is in recovery: it is a standby", "ERROR", "ERROR",
                PostgresErrorCodes.ReadOnlySqlTransaction);
        }

        await EnsureSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
        var tenant = await TenantAsync(connection, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return tenant with { CanSync = fsync };
    }

    private async ValueTask EnsureSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await VersionAsync(connection, cancellationToken).ConfigureAwait(false) is { } found && Judge(found))
        {
            return;
        }

        if (options.ReadOnly)
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.Unavailable, place, "there is no store, or one that must be brought up to date first",
                "Open it for writing once.");
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = transaction.ConfigureAwait(false);
        await RunAsync(
            connection, $"SELECT pg_advisory_xact_lock(hashtextextended('{sql.Schema} migrations', 0))",
            cancellationToken).ConfigureAwait(false);

        // Another client may have done it meanwhile.
        var version = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (version is null)
        {
            await RunAsync(connection, Begin(), cancellationToken).ConfigureAwait(false);
        }

        if (version is not { } now || !Judge(now))
        {
            foreach (var migration in migrations.Where(one => one.Version > (version?.Version ?? 0)))
            {
                await RunAsync(connection, Script(migration), cancellationToken).ConfigureAwait(false);
            }
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    // True where the schema is as this code wants it, or newer and still good for this code.
    private bool Judge((int Version, int WorksWith) found) => found.WorksWith <= Known
        ? found.Version >= Known
        : throw PostgresErrors.Refuse(
            StoreErrorKind.Unsupported, place,
            string.Create(
                CultureInfo.InvariantCulture,
                $"its schema has version {found.Version} and needs code of version {found.WorksWith}, this is {Known}"),
            "It was left as it is; use a newer Undercroft.");

    private string Begin() => $"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = '{options.Schema}') THEN
                CREATE SCHEMA {sql.Schema};
            END IF;
        END $$;
        CREATE TABLE {sql.Schema}.schema_version (
            version int PRIMARY KEY,
            works_with int NOT NULL,
            applied timestamptz NOT NULL DEFAULT now());
        """;

    private string Script(Migration migration)
    {
        var parting = options.Partitions > 0 ? "PARTITION BY HASH (t)" : string.Empty;
        var script = migration.Script
            .Replace("{s}", sql.Schema, StringComparison.Ordinal)
            .Replace("{part}", parting, StringComparison.Ordinal);
        var partitions = migration.Version == 1
            ? string.Concat(Enumerable.Range(0, options.Partitions).SelectMany(Parts))
            : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{script}\n{partitions}\nINSERT INTO {sql.Schema}.schema_version (version, works_with) " +
            $"VALUES ({migration.Version}, {migration.WorksWith});");
    }

    private IEnumerable<string> Parts(int number)
    {
        foreach (var table in new[] { "records", "entries", "lanes" })
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"CREATE TABLE {sql.Schema}.{table}_{number} PARTITION OF {sql.Schema}.{table} " +
                $"FOR VALUES WITH (MODULUS {options.Partitions}, REMAINDER {number});\n");
        }
    }

    private async ValueTask<(int Version, int WorksWith)?> VersionAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var look = connection.CreateCommand();
        await using var owned = look.ConfigureAwait(false);

        // The catalogue itself is read: what a session remembers of it is not put right by waiting for a lock.
        look.CommandText =
            "SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
            $"WHERE n.nspname = '{options.Schema}' AND c.relname = 'schema_version')";
        if (await look.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
        {
            return null;
        }

        look.CommandText =
            $"SELECT version, works_with FROM {sql.Schema}.schema_version ORDER BY version DESC LIMIT 1";
        var reader = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? (reader.GetInt32(0), reader.GetInt32(1))
            : throw PostgresErrors.Refuse(
                StoreErrorKind.Corrupt, place, "its table of versions is empty", "Restore it from a backup.");
    }

    private static async ValueTask<ServerFacts> ServerAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ask = connection.CreateCommand();
        await using var owned = ask.ConfigureAwait(false);
        ask.CommandText =
            "SELECT current_setting('server_encoding'), current_setting('fsync') = 'on', pg_is_in_recovery(), " +
            "current_setting('default_transaction_isolation'), " + ServerTime.Sql;
        var reader = await ask.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        _ = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new ServerFacts(
            reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetString(3), reader.GetInt64(4));
    }

    private async ValueTask<OpenedTenant> TenantAsync(
        NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await FindTenantAsync(connection, cancellationToken).ConfigureAwait(false) is { } found)
        {
            if (found.IsAtHome || options.ReadOnly)
            {
                return found.Tenant with { IsAway = !found.IsAtHome };
            }

            await MoveInAsync(connection, found.Tenant.Number, now, cancellationToken).ConfigureAwait(false);
        }
        else if (options.ReadOnly)
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.Unavailable, place, "there is no such tenant",
                "Open it for writing once, or name another.");
        }
        else
        {
            await AddTenantAsync(connection, now, cancellationToken).ConfigureAwait(false);
        }

        return (await FindTenantAsync(connection, cancellationToken).ConfigureAwait(false))!.Value.Tenant;
    }

    private async ValueTask<(OpenedTenant Tenant, bool IsAtHome)?> FindTenantAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var find = connection.CreateCommand();
        await using var owned = find.ConfigureAwait(false);
        find.CommandText = $"""
            SELECT x.t, x.epoch, x.home, {Home}, greatest(x.clock, (
                SELECT max(q.at) FROM (SELECT r.at FROM {sql.Schema}.records r WHERE r.t = x.t
                    ORDER BY r.xid DESC, r.rev DESC LIMIT 64) q))
            FROM {sql.Schema}.tenants x WHERE x.name = $1
            """;
        _ = find.Parameters.Add(Parameter.Of(options.Tenant));
        var reader = await find.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? (
                new OpenedTenant(
                    reader.GetInt32(0), reader.GetGuid(1), new DateTimeOffset(reader.GetInt64(4), TimeSpan.Zero))
                {
                    Home = TableHome.Parse(reader.GetString(3)),
                },
                reader.GetString(2) == reader.GetString(3))
            : null;
    }

    // Which server, database and table this is: another one after a dump was restored.
    private string Home => $"({TableHome.Server} || ' ' || '{sql.Schema}.records'::regclass::oid)";

    private async ValueTask AddTenantAsync(
        NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var add = connection.CreateCommand();
        await using var owned = add.ConfigureAwait(false);
        add.CommandText = $"""
            INSERT INTO {sql.Schema}.tenants (name, epoch, home, clock) VALUES ($1, $2, {Home}, $3)
            ON CONFLICT DO NOTHING
            """;
        _ = add.Parameters.Add(Parameter.Of(options.Tenant));
        _ = add.Parameters.Add(Parameter.Of(Guid.CreateVersion7(now)));
        _ = add.Parameters.Add(Parameter.Of(now.UtcTicks));
        _ = await add.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    // The tables came here by a dump: their transactions are of another server, and a follower of it must begin anew.
    private async ValueTask MoveInAsync(
        NpgsqlConnection connection, int tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var move = connection.CreateBatch();
        await using var owned = move.ConfigureAwait(false);

        // One statement, so that only the process that moves in renumbers: others may be writing by now. 3 is the first
        // transaction of every server, before all that is to come. Segments that another tenant has noted here stay.
        var claim = new NpgsqlBatchCommand($"""
            WITH moved AS (
                UPDATE {sql.Schema}.tenants SET epoch = $2, home = {Home}, horizon_xid = '0', horizon_rev = 0
                WHERE t = $1 AND home <> {Home} RETURNING t),
            renumbered AS (
                UPDATE {sql.Schema}.records SET xid = '3' WHERE t IN (SELECT t FROM moved))
            DELETE FROM {sql.Schema}.segments WHERE EXISTS (SELECT 1 FROM moved)
                AND NOT EXISTS (SELECT 1 FROM {sql.Schema}.tenants x WHERE x.t <> $1 AND x.home = {Home})
            """);
        _ = claim.Parameters.Add(Parameter.Of(tenant));
        _ = claim.Parameters.Add(Parameter.Of(Guid.CreateVersion7(now)));
        move.BatchCommands.Add(claim);

        // A dump brings the sequence along; it is only ever moved on.
        var draw = new NpgsqlBatchCommand($"""
            SELECT setval('{sql.Schema}.revisions', m.top)
            FROM (SELECT max(rev) AS top FROM {sql.Schema}.records WHERE t = $1) m
            WHERE m.top > (SELECT last_value FROM {sql.Schema}.revisions)
            """);
        _ = draw.Parameters.Add(Parameter.Of(tenant));
        move.BatchCommands.Add(draw);
        _ = await move.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask RunAsync(
        NpgsqlConnection connection, string script, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using var owned = command.ConfigureAwait(false);
        command.CommandText = script;
        _ = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private readonly record struct ServerFacts(
        string Encoding, bool Fsync, bool IsStandby, string Isolation, long Clock);
}
