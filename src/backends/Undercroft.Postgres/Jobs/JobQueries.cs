using Npgsql;
using Undercroft.Jobs;
using Undercroft.Postgres.Connecting;
using Undercroft.Postgres.Reading;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Jobs;

/// <summary>What people and programs ask about jobs.</summary>
internal sealed class JobQueries(PostgresSource source, SqlText sql, int tenant)
{
    private readonly string schema = sql.Schema;

    private const int PageRows = 500;
    private const string Head = "ord, id, ver, state, queue, kind, priority, due, enqueued, started, ";
    private const string Tail = ", fence, session, attempt, attempts_max, extra, payload";
    private const string Hot = $"{Head}0::bigint{Tail}";
    private const string Ended = $"{Head}finished{Tail}";

    public ValueTask<JobInfo?> FindAsync(JobId job, CancellationToken cancellationToken) => source.RunAsync(
        async (connection, token) =>
        {
            var rows = await RowsAsync(
                connection,
                $"SELECT 1, 0, {Hot} FROM {schema}.jobs WHERE t = $1 AND id = $2 " +
                $"UNION ALL SELECT 2, 0, {Ended} FROM {schema}.job_history WHERE t = $1 AND id = $2",
                [Parameter.Of(tenant), Parameter.Of(job.Value)], token).ConfigureAwait(false);
            return rows.Count == 0 ? null : JobViews.ToInfo(rows[0].ToRow());
        },
        "find a job", cancellationToken);

    public async ValueTask<JobPage> ListAsync(
        JobFilter filter, (long Order, JobId Id)? after, CancellationToken cancellationToken)
    {
        var isEnded = filter.State >= JobState.Succeeded;
        var text = $"SELECT 1, 0, {(isEnded ? Ended : Hot)} FROM {schema}.{(isEnded ? "job_history" : "jobs")} " +
            $"WHERE t = $1 AND state = $2 AND ord {(filter.IsReverse ? "<" : ">")} $3 " +
            "AND ($4::text IS NULL OR queue = $4) AND ($5::text IS NULL OR kind = $5) " +
            $"ORDER BY ord{(filter.IsReverse ? " DESC" : "")} LIMIT $6";
        var from = after?.Order ?? (filter.IsReverse ? long.MaxValue : long.MinValue);
        var rows = await source.RunAsync(
            (connection, token) => RowsAsync(
                connection, text,
                [
                    Parameter.Of(tenant), Parameter.Of((int)filter.State), Parameter.Of(from),
                    Parameter.Of(filter.Queue), Parameter.Of(filter.Kind),
                    Parameter.Of(Math.Max(PageRows, filter.Limit + 1)),
                ],
                token),
            "list jobs", cancellationToken).ConfigureAwait(false);
        var jobs = new List<JobInfo>();
        JobRow? last = null;
        foreach (var data in rows)
        {
            if (jobs.Count == filter.Limit)
            {
                return new JobPage(jobs, JobViews.ToCursor(last!));
            }

            last = data.ToRow();
            if (JobViews.Takes(filter, last))
            {
                jobs.Add(JobViews.ToInfo(last));
            }
        }

        var isWhole = rows.Count < Math.Max(PageRows, filter.Limit + 1);
        return new JobPage(jobs, isWhole || last is null ? null : JobViews.ToCursor(last));
    }

    public async ValueTask<IReadOnlyList<QueueInfo>> QueuesAsync(CancellationToken cancellationToken)
    {
        var rows = await source.RunAsync(ReadQueuesAsync, "list queues", cancellationToken).ConfigureAwait(false);
        var found = new SortedDictionary<string, (bool IsPaused, long[] Counts)>(StringComparer.Ordinal);
        foreach (var (queue, state, jobs, isPaused) in rows)
        {
            if (!found.TryGetValue(queue, out var one))
            {
                found[queue] = one = (isPaused, new long[JobViews.StateCount]);
            }

            one.Counts[state] += jobs;
        }

        return [.. found.Select(static pair => new QueueInfo(pair.Key, pair.Value.IsPaused, pair.Value.Counts))];
    }

    public async ValueTask<IReadOnlyList<SessionInfo>> SessionsAsync(CancellationToken cancellationToken) =>
        (await CellsAsync(JobCellKind.Session, null, cancellationToken).ConfigureAwait(false))
            .ConvertAll(JobViews.ToSession);

    public async ValueTask<BatchInfo?> BatchAsync(string batch, CancellationToken cancellationToken) =>
        (await CellsAsync(JobCellKind.Batch, batch, cancellationToken).ConfigureAwait(false)) is [var cell]
            ? JobViews.ToBatch(cell)
            : null;

    /// <summary>Whether an older program has left jobs that have not ended, kept as records.</summary>
    public ValueTask<bool> HasRecordsAsync(CancellationToken cancellationToken) => source.RunAsync(
        async (connection, token) =>
        {
            var command = Command(
                connection,
                $"SELECT id, v FROM {schema}.records WHERE t = $1 AND c = $2 AND NOT del",
                [Parameter.Of(tenant), Parameter.Of(JobOperation.Collection)]);
            await using var owned = command.ConfigureAwait(false);
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using var ownedReader = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(token).ConfigureAwait(false))
            {
                if (!JobForm.ReadRow(JobId.Parse(reader.GetString(0)), RecordRow.Bytes(reader, 1)).HasEnded)
                {
                    return true;
                }
            }

            return false;
        },
        "look for older jobs", cancellationToken);

    /// <summary>The server's time, in ticks of UTC.</summary>
    public async ValueTask<long> ClockAsync(CancellationToken cancellationToken) =>
        await ScalarAsync($"SELECT {schema}.jobs_clock()", [], cancellationToken).ConfigureAwait(false) is long ticks
            ? ticks
            : 0;

    /// <summary>Gives the history its tables of these days, and takes away those of days of which nothing is left.
    /// </summary>
    public async ValueTask CareAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _ = await ScalarAsync(
            $"SELECT {schema}.job_history_days_v1($1)", [Parameter.Of(now.UtcTicks)], cancellationToken)
            .ConfigureAwait(false);
        _ = await ScalarAsync(
            $"DELETE FROM {schema}.job_outcomes o WHERE o.t = $1 AND NOT EXISTS (SELECT 1 FROM {schema}.lanes l " +
            "WHERE l.t = o.t AND l.client = o.client AND o.number = ANY (l.numbers))",
            [Parameter.Of(tenant)], cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<object?> ScalarAsync(
        string text, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancellationToken) => source.RunAsync(
        async (connection, token) =>
        {
            var command = Command(connection, text, parameters);
            await using var owned = command.ConfigureAwait(false);
            var value = await command.ExecuteScalarAsync(token).ConfigureAwait(false);
            command.Parameters.Clear();
            return value;
        },
        "look after jobs", cancellationToken);

    private NpgsqlCommand Command(
        NpgsqlConnection connection, string text, IEnumerable<NpgsqlParameter> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql.Fence.Over(text);
        foreach (var parameter in parameters)
        {
            _ = command.Parameters.Add(parameter);
        }

        return command;
    }

    private async ValueTask<List<JobData>> RowsAsync(
        NpgsqlConnection connection,
        string text,
        IEnumerable<NpgsqlParameter> parameters,
        CancellationToken cancellationToken)
    {
        var command = Command(connection, text, parameters);
        await using var owned = command.ConfigureAwait(false);
        var rows = new List<JobData>();
        var names = new JobNames();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(JobData.Read(reader, names));
        }

        return rows;
    }

    // Of those that have ended the numbers are kept; the others are counted: they are what there is to do.
    private async ValueTask<List<(string Queue, int State, long Jobs, bool IsPaused)>> ReadQueuesAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = Command(
            connection,
            $"""
            SELECT q.queue, q.state, q.jobs, EXISTS (SELECT 1 FROM {schema}.job_cells c
                WHERE c.t = $1 AND c.kind = 3 AND c.key = q.queue AND c.flag)
            FROM (SELECT queue, state, jobs FROM {schema}.job_counts WHERE t = $1
                UNION ALL
                SELECT queue, state, count(*) FROM {schema}.jobs WHERE t = $1 GROUP BY queue, state
                UNION ALL
                SELECT key, 0, 0 FROM {schema}.job_cells WHERE t = $1 AND kind = 3 AND flag) q
            """,
            [Parameter.Of(tenant)]);
        await using var owned = command.ConfigureAwait(false);
        var rows = new List<(string, int, long, bool)>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ownedReader = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add((reader.GetString(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetBoolean(3)));
        }

        return rows;
    }

    private ValueTask<List<JobCell>> CellsAsync(
        JobCellKind kind, string? key, CancellationToken cancellationToken) => source.RunAsync(
        async (connection, token) =>
        {
            var command = Command(
                connection,
                $"SELECT key, cell FROM {schema}.job_cells WHERE t = $1 AND kind = $2 " +
                "AND ($3::text IS NULL OR key = $3) ORDER BY key",
                [Parameter.Of(tenant), Parameter.Of((int)kind), Parameter.Of(key)]);
            await using var owned = command.ConfigureAwait(false);
            var cells = new List<JobCell>();
            var reader = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            await using var ownedReader = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(token).ConfigureAwait(false))
            {
                cells.Add(JobForm.ReadCell(kind, reader.GetString(0), RecordRow.Bytes(reader, 1)));
            }

            return cells;
        },
        "read about jobs", cancellationToken);
}
