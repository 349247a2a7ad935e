using Npgsql;
using Undercroft.Backends;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Reading;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Upkeep;

/// <summary>Looks after a store in small steps, so that commits get their turn.</summary>
internal sealed class PostgresUpkeep(
    PostgresSource source,
    SqlText sql,
    Segments segments,
    FeedReader feed,
    StoreInfo info,
    int tenant,
    StoreClock clock,
    Action committed)
{
    private const int RacesMax = 50;

    private readonly int stepMax = Math.Min(500, info.Limits.OperationsMax);

    /// <summary>Does what is asked.</summary>
    public ValueTask<MaintenanceReport> RunAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken) => request.Kind switch
    {
        MaintenanceKind.Expire => ExpireAsync(request, now, cancellationToken),
        MaintenanceKind.Compact => CompactAsync(request, now, cancellationToken),
        MaintenanceKind.Verify => source.RunAsync(
            (connection, token) =>
                new PostgresVerifier(connection, sql, tenant, info, request.Progress).RunAsync(token),
            "verify the store", cancellationToken),
        MaintenanceKind.Measure => source.RunAsync(
            (connection, token) => PostgresMeasure.RunAsync(connection, sql, tenant, now, token),
            "measure the store", cancellationToken),
        MaintenanceKind.Backup => throw new CapabilityException(
            info.Backend, "backups", "Use pg_basebackup or pg_dump on the server, or export an archive."),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "There is no such maintenance."),
    };

    private async ValueTask<MaintenanceReport> ExpireAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RefuseReadOnly();
        var swept = 0L;
        long step;
        do
        {
            step = await WriteAsync(
                command =>
                {
                    command.CommandText = sql.Expire;
                    _ = command.Parameters.Add(Parameter.Of(tenant));
                    _ = command.Parameters.Add(Parameter.Of(segments.Known));
                    _ = command.Parameters.Add(Parameter.Of(now.UtcTicks));
                    _ = command.Parameters.Add(Parameter.Of(clock.Now().UtcTicks));
                    _ = command.Parameters.Add(Parameter.Of(stepMax));
                },
                static reader => reader.GetInt64(0), "sweep", cancellationToken).ConfigureAwait(false);
            swept += step;
            if (step > 0)
            {
                committed();
            }

            request.Progress?.Report((swept, 0));
        }
        while (step == stepMax);

        await PruneAsync(now, cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport { Examined = swept, Changed = swept };
    }

    private async ValueTask<MaintenanceReport> CompactAsync(
        MaintenanceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RefuseReadOnly();

        // What followers may not be shown yet is not forgotten: give it a moment.
        _ = await feed.StateAsync(null, waits: true, cancellationToken).ConfigureAwait(false);
        var tombstones = await WriteAsync(
            command =>
            {
                command.CommandText =
                    sql.Fence.Over($"SELECT count(*) FROM {sql.Schema}.records WHERE t = $1 AND del");
                _ = command.Parameters.Add(Parameter.Of(tenant));
            },
            static reader => reader.GetInt64(0), "compact", cancellationToken).ConfigureAwait(false);
        var forgotten = 0L;
        var step = new ForgetStep(0, 0, default);
        do
        {
            var from = step.Last;
            step = await WriteAsync(
                command => AskToForget(command, request, from), ForgetStep.Read, "compact", cancellationToken)
                .ConfigureAwait(false);
            forgotten += step.Forgotten;
            request.Progress?.Report((forgotten, tombstones));
        }
        while (step.Examined == stepMax);

        await PruneAsync(now, cancellationToken).ConfigureAwait(false);
        return new MaintenanceReport { Examined = tombstones, Changed = forgotten };
    }

    private void AskToForget(NpgsqlCommand command, MaintenanceRequest request, FeedSpot from)
    {
        command.CommandText = sql.Forget;
        _ = command.Parameters.Add(Parameter.Of(tenant));
        _ = command.Parameters.Add(Parameter.Of(request.Through?.Value ?? long.MaxValue));
        _ = command.Parameters.Add(Parameter.Of(request.Before?.UtcTicks ?? long.MaxValue));
        _ = command.Parameters.Add(Parameter.OfXid(from.Xid));
        _ = command.Parameters.Add(Parameter.Of(from.Revision));
        _ = command.Parameters.Add(Parameter.Of(stepMax));
    }

    // The results of clients and writers that have gone.
    private async ValueTask PruneAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var table in new[] { "lanes", "writers" })
        {
            _ = await WriteAsync(
                command =>
                {
                    command.CommandText = sql.Fence.Over(
                        $"WITH gone AS (DELETE FROM {sql.Schema}.{table} WHERE t = $1 AND used < $2 RETURNING 1) " +
                        "SELECT count(*) FROM gone");
                    _ = command.Parameters.Add(Parameter.Of(tenant));
                    _ = command.Parameters.Add(
                        Parameter.Of(Math.Max(0, now.UtcTicks - info.Limits.ReplaysKeptFor.Ticks)));
                },
                static reader => reader.GetInt64(0), "forget old results", cancellationToken).ConfigureAwait(false);
        }
    }

    private void RefuseReadOnly()
    {
        if (info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
        {
            throw PostgresErrors.Refuse(
                StoreErrorKind.ReadOnly, source.Place, "it is open for reading only",
                "Open it for writing to sweep or compact it.");
        }
    }

    // A step may be done twice; where it meets others it is done again.
    private async ValueTask<TResult> WriteAsync<TResult>(
        Action<NpgsqlCommand> ask,
        Func<NpgsqlDataReader, TResult> read,
        string doing,
        CancellationToken cancellationToken)
    {
        for (var races = 0; ; races++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await source.RunAsync(
                    async (connection, token) =>
                    {
                        if (segments.Known is null)
                        {
                            await segments.BeginAsync(connection, token).ConfigureAwait(false);
                        }

                        var command = connection.CreateCommand();
                        await using var owned = command.ConfigureAwait(false);
                        ask(command);
                        var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
                        await using var ownedReader = reader.ConfigureAwait(false);
                        _ = await reader.ReadAsync(token).ConfigureAwait(false);
                        return read(reader);
                    },
                    doing, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException error) when (
                error.InnerException is PostgresException { SqlState: CommitFunction.OtherSegment } &&
                races < RacesMax)
            {
                segments.Forget();
            }
        }
    }

    /// <summary>What one step of forgetting did.</summary>
    private readonly record struct ForgetStep(long Examined, long Forgotten, FeedSpot Last)
    {
        public static ForgetStep Read(NpgsqlDataReader row) => new(
            row.GetInt64(0), row.GetInt64(1),
            row.IsDBNull(2) ? default : new FeedSpot(row.GetFieldValue<ulong>(2), row.GetInt64(3)));
    }
}
