using Npgsql;
using NpgsqlTypes;

namespace Undercroft.Bench.Floors;

/// <summary>The work of the store by hand: prepared statements on a table with the same revision, feed index and
/// entries.</summary>
internal sealed class PostgresFloor(NpgsqlDataSource source) : IAsyncDisposable
{
    private const string Upsert = """
        INSERT INTO floor.records AS q (t, c, id, rev, xid, updated, k1, k2, k3, v)
        VALUES (1, 'stories', $1, nextval('floor.revisions'), pg_current_xact_id(), $2, $3, $4, $5, $6)
        ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('floor.revisions'), xid = pg_current_xact_id(),
            updated = excluded.updated, k1 = excluded.k1, k2 = excluded.k2, k3 = excluded.k3, v = excluded.v
        RETURNING rev
        """;

    /// <summary>Makes the tables.</summary>
    public static async Task<PostgresFloor> CreateAsync(string connection)
    {
        var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connection)
            {
                MaxPoolSize = 50,
                NoResetOnClose = true,
                MaxAutoPrepare = 20,
                AutoPrepareMinUsages = 2,
            }.ConnectionString);
        await using var create = source.CreateCommand("""
            DROP SCHEMA IF EXISTS floor CASCADE;
            CREATE SCHEMA floor;
            CREATE SEQUENCE floor.revisions;
            CREATE TABLE floor.records (
                t int NOT NULL, c text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, rev bigint NOT NULL,
                xid xid8 NOT NULL, updated bigint NOT NULL, k1 bytea, k2 bytea, k3 bytea, v bytea NOT NULL,
                doc jsonb, PRIMARY KEY (t, c, id));
            CREATE INDEX ON floor.records (t, xid, rev);
            CREATE INDEX ON floor.records (t, c, k1, id) WHERE k1 IS NOT NULL;
            CREATE INDEX ON floor.records (t, c, k2, id) WHERE k2 IS NOT NULL;
            CREATE INDEX ON floor.records (t, c, k3, id) WHERE k3 IS NOT NULL;
            """);
        _ = await create.ExecuteNonQueryAsync();
        return new PostgresFloor(source);
    }

    /// <summary>Upserts one record, on a connection of the pool.</summary>
    public async Task PutAsync(string id, byte[][] keys, byte[] value)
    {
        await using var command = source.CreateCommand(Upsert);
        _ = command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        _ = command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 1 });
        foreach (var key in keys)
        {
            _ = command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = key });
        }

        _ = command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = value });
        _ = await command.ExecuteScalarAsync();
    }

    /// <summary>Upserts many in one statement, by <c>unnest</c>.</summary>
    public async Task PutAllAsync(string[] ids, byte[][][] keys, byte[][] values)
    {
        await using var command = source.CreateCommand("""
            INSERT INTO floor.records AS q (t, c, id, rev, xid, updated, k1, k2, k3, v)
            SELECT 1, 'stories', w.id, nextval('floor.revisions'), pg_current_xact_id(), 1, w.k1, w.k2, w.k3, w.v
            FROM unnest($1, $2, $3, $4, $5) w(id, k1, k2, k3, v)
            ON CONFLICT (t, c, id) DO UPDATE SET rev = nextval('floor.revisions'), xid = pg_current_xact_id(),
                updated = excluded.updated, k1 = excluded.k1, k2 = excluded.k2, k3 = excluded.k3, v = excluded.v
            RETURNING rev
            """);
        _ = command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        for (var i = 0; i < 3; i++)
        {
            _ = command.Parameters.Add(Array(System.Array.ConvertAll(keys, one => one[i])));
        }

        _ = command.Parameters.Add(Array(values));
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
        }

        static NpgsqlParameter Array(byte[][] bytes) =>
            new() { Value = bytes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };
    }

    /// <summary>Lets the planner know the store's rows, as a server does by itself after a while.</summary>
    public async Task AnalyzeAsync(string schema)
    {
        await using var command = source.CreateCommand($"ANALYZE \"{schema}\".records");
        _ = await command.ExecuteNonQueryAsync();
    }

    /// <summary>Reads the store's own rows by key, all in one statement.</summary>
    public async Task<int> GetAsync(string schema, int tenant, string[] ids)
    {
        await using var command = source.CreateCommand(
            $"SELECT id, rev, created, updated, expires, v FROM \"{schema}\".records " +
            "WHERE t = $1 AND c = 'stories' AND id = ANY($2)");
        _ = command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant });
        _ = command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        await using var reader = await command.ExecuteReaderAsync();
        var bytes = 0;
        while (await reader.ReadAsync())
        {
            bytes += reader.GetString(0).Length + (int)reader.GetInt64(1) + reader.GetFieldValue<byte[]>(5).Length;
        }

        return bytes;
    }

    /// <summary>Fills a table of <c>jsonb</c> with an index on an expression.</summary>
    public async Task FillPagesAsync(IReadOnlyList<string> documents)
    {
        await using var fill = source.CreateCommand("""
            CREATE TABLE floor.pages (id text COLLATE "C" PRIMARY KEY, doc jsonb NOT NULL);
            CREATE INDEX ON floor.pages (((doc->>'score')::int), id);
            """);
        _ = await fill.ExecuteNonQueryAsync();
        await using var insert = source.CreateCommand(
            "INSERT INTO floor.pages SELECT d->>'id', d FROM unnest($1::jsonb[]) d");
        _ = insert.Parameters.Add(new NpgsqlParameter
        {
            Value = documents.ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
        });
        _ = await insert.ExecuteNonQueryAsync();
        await using var analyze = source.CreateCommand("ANALYZE floor.pages");
        _ = await analyze.ExecuteNonQueryAsync();
    }

    /// <summary>Reads a page by the expression's index.</summary>
    public async Task<int> PageAsync(int from, int limit)
    {
        await using var command = source.CreateCommand(
            "SELECT id, doc FROM floor.pages WHERE (doc->>'score')::int >= $1 " +
            "ORDER BY (doc->>'score')::int, id LIMIT $2");
        _ = command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = from });
        _ = command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync();
        var bytes = 0;
        while (await reader.ReadAsync())
        {
            bytes += reader.GetString(0).Length + reader.GetString(1).Length;
        }

        return bytes;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
