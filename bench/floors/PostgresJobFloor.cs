using Npgsql;
using NpgsqlTypes;

namespace Undercroft.Bench.Floors;

/// <summary>What PostgreSQL itself takes for the work of the store's jobs: the same columns and indexes, statements
/// over whole batches with SKIP LOCKED and a history, no layer. Uses nothing of ours.</summary>
public sealed class PostgresJobFloor : IAsyncDisposable
{
    private const string Columns =
        "t int NOT NULL, ord bigint NOT NULL, id uuid NOT NULL, ver bigint NOT NULL, state int NOT NULL, " +
        "queue text COLLATE \"C\" NOT NULL, kind text COLLATE \"C\" NOT NULL, priority int NOT NULL, " +
        "attempt int NOT NULL, attempts_max int NOT NULL, due bigint NOT NULL, enqueued bigint NOT NULL, " +
        "started bigint NOT NULL, fence bigint NOT NULL, session uuid, extra bytea, payload bytea";

    private static readonly Guid Session = new("00112233-4455-6677-8899-aabbccddeeff");

    private readonly NpgsqlDataSource source;
    private List<(long Order, long Fence)> claimed = [];
    private long due;

    private PostgresJobFloor(NpgsqlDataSource source) => this.source = source;

    /// <summary>Makes the tables, in a schema of their own.</summary>
    public static async Task<PostgresJobFloor> CreateAsync(string connection)
    {
        // Statements that come again are prepared, as in the store's own connections, and nothing is left to reset.
        var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connection)
            {
                NoResetOnClose = true,
                MaxAutoPrepare = 20,
                AutoPrepareMinUsages = 2,
            }.ConnectionString);
        await using var create = source.CreateCommand($"""
            CREATE SCHEMA job_floor;
            CREATE SEQUENCE job_floor.orders;
            CREATE TABLE job_floor.jobs ({Columns}, simple boolean NOT NULL, line text, PRIMARY KEY (t, ord))
                WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
                autovacuum_vacuum_cost_delay = 0);
            CREATE UNIQUE INDEX ON job_floor.jobs (t, id);
            CREATE INDEX ON job_floor.jobs (t, due, ord) WHERE state = 0;
            CREATE INDEX ON job_floor.jobs (t, queue, kind, priority, due, ord) WHERE state = 1;
            CREATE INDEX ON job_floor.jobs (t, session, ord) WHERE state = 2;
            CREATE INDEX ON job_floor.jobs (t, queue, line, ord) WHERE line IS NOT NULL;
            CREATE TABLE job_floor.history ({Columns}, finished bigint NOT NULL) PARTITION BY RANGE (finished);
            CREATE TABLE job_floor.history_rest PARTITION OF job_floor.history DEFAULT;
            CREATE INDEX ON job_floor.history (t, id);
            CREATE INDEX ON job_floor.history (t, ord);
            CREATE INDEX ON job_floor.history (t, state, finished, ord);
            CREATE TABLE job_floor.written (id text PRIMARY KEY, value bytea NOT NULL);
            CREATE SEQUENCE job_floor.revisions;
            CREATE TABLE job_floor.documents (
                t int NOT NULL, c text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, rev bigint NOT NULL,
                xid xid8 NOT NULL, updated bigint NOT NULL, v bytea NOT NULL, PRIMARY KEY (t, c, id));
            CREATE INDEX ON job_floor.documents (t, xid, rev);
            """);
        _ = await create.ExecuteNonQueryAsync();
        return new PostgresJobFloor(source);
    }

    /// <summary>Enqueues jobs in one statement.</summary>
    public async Task EnqueueAsync(int count, byte[] payload)
    {
        await using var command = source.CreateCommand("""
            INSERT INTO job_floor.jobs (t, ord, id, ver, state, queue, kind, priority, attempt, attempts_max, due,
                enqueued, started, fence, simple, payload)
            SELECT 1, nextval('job_floor.orders'), w.id, 1, 1, 'default', 'work', 0, 0, 20, w.due, w.due, 0, 0, true,
                w.payload
            FROM unnest($1, $2, $3) w(id, due, payload)
            """);
        var numbers = Enumerable.Range(0, count).ToArray();
        _ = command.Parameters.Add(Array(
            NpgsqlDbType.Uuid, System.Array.ConvertAll(numbers, static _ => Guid.CreateVersion7())));
        _ = command.Parameters.Add(Array(NpgsqlDbType.Bigint, System.Array.ConvertAll(numbers, _ => ++due)));
        _ = command.Parameters.Add(Array(NpgsqlDbType.Bytea, Enumerable.Repeat(payload, count).ToArray()));
        _ = await command.ExecuteNonQueryAsync();
    }

    /// <summary>Claims jobs in one statement, which need not be on the disk.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ClaimAsync(int max)
    {
        await using var command = source.CreateCommand("""
            WITH s AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
            c AS MATERIALIZED (
                SELECT j.ord FROM job_floor.jobs j
                WHERE j.t = 1 AND j.state = 1 AND j.queue = 'default' AND j.kind = 'work' AND (SELECT true FROM s)
                ORDER BY j.priority, j.due, j.ord LIMIT $1 FOR UPDATE SKIP LOCKED)
            UPDATE job_floor.jobs j SET state = 2, session = $2, fence = j.fence + 1, attempt = j.attempt + 1,
                started = 1, ver = 2
            FROM c WHERE j.t = 1 AND j.ord = c.ord
            RETURNING j.ord, j.fence, j.id, j.queue, j.kind, j.attempt, j.payload
            """);
        _ = command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
        _ = command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Session });
        var found = new List<(long, long)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found.Add((reader.GetInt64(0), reader.GetInt64(1)));
            _ = reader.GetFieldValue<byte[]>(6);
        }

        claimed = found;
        return found.Count;
    }

    /// <summary>Acknowledges all that was claimed in one statement.</summary>
    public async Task AcknowledgeAllAsync()
    {
        await using var command = source.CreateCommand(Acknowledge);
        _ = command.Parameters.Add(Array(NpgsqlDbType.Bigint, claimed.Select(static one => one.Order).ToArray()));
        _ = command.Parameters.Add(Array(NpgsqlDbType.Bigint, claimed.Select(static one => one.Fence).ToArray()));
        _ = await command.ExecuteNonQueryAsync();
    }

    /// <summary>Acknowledges each job that was claimed in a transaction of its own, with one document beside it that
    /// has revision and feed index as the store's, on several connections.</summary>
    public async Task AcknowledgeEachAsync(byte[] value, int connections) => await Task.WhenAll(
        claimed.Chunk(Math.Max(1, claimed.Count / connections)).Select(part => Task.Run(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            foreach (var (order, fence) in part)
            {
                await using var batch = connection.CreateBatch();
                var write = new NpgsqlBatchCommand(Write);
                _ = write.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"{order}" });
                _ = write.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = value });
                batch.BatchCommands.Add(write);
                var settle = new NpgsqlBatchCommand(Acknowledge);
                _ = settle.Parameters.Add(Array(NpgsqlDbType.Bigint, new[] { order }));
                _ = settle.Parameters.Add(Array(NpgsqlDbType.Bigint, new[] { fence }));
                batch.BatchCommands.Add(settle);
                _ = await batch.ExecuteNonQueryAsync();
            }
        })));

    /// <summary>Writes a row, tells of it, and waits until another connection has heard.</summary>
    public async Task TellAsync(NpgsqlConnection listener)
    {
        await using var command = source.CreateCommand(
            "INSERT INTO job_floor.written (id, value) VALUES (gen_random_uuid()::text, '')");
        _ = await command.ExecuteNonQueryAsync();
        await using var tell = source.CreateCommand("SELECT pg_notify('job_floor', '')");
        _ = await tell.ExecuteNonQueryAsync();
        await listener.WaitAsync();
    }

    /// <summary>Opens a connection that listens.</summary>
    public async Task<NpgsqlConnection> ListenAsync()
    {
        var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "LISTEN job_floor";
        _ = await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    private const string Write = """
        INSERT INTO job_floor.documents (t, c, id, rev, xid, updated, v)
        VALUES (1, 'written', $1, nextval('job_floor.revisions'), pg_current_xact_id(), 1, $2)
        ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('job_floor.revisions'), xid = excluded.xid,
            updated = excluded.updated, v = excluded.v
        """;

    private const string Acknowledge = """
        WITH d AS (
            DELETE FROM job_floor.jobs j USING unnest($1, $2) w(ord, fence)
            WHERE j.t = 1 AND j.ord = w.ord AND j.fence = w.fence AND j.state = 2
            RETURNING j.*)
        INSERT INTO job_floor.history (t, ord, id, ver, state, queue, kind, priority, attempt, attempts_max, due,
            enqueued, started, fence, session, extra, payload, finished)
        SELECT t, ord, id, 3, 4, queue, kind, priority, attempt, attempts_max, due, enqueued, started, fence, session,
            extra, payload, 1 FROM d
        """;

    private static NpgsqlParameter Array(NpgsqlDbType type, object values) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
