using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Undercroft.Bench.Floors;
using Undercroft.Postgres;
using Undercroft.Servers;

namespace Undercroft.Bench;

/// <summary>The PostgreSQL store against hand-written statements on the same server, which syncs to its disk.
/// <c>UNDERCROFT_POSTGRES</c> names a server of your own.</summary>
internal static class PostgresGates
{
    private const int Producers = 32;
    private const string Collection = "stories";

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "postgres-single",
            "commit of one document, 3 indexes / a prepared upsert with the same revision, feed index and entries",
            1.3,
            IsSpeedUp: false,
            static _ => PrepareAsync(
                each: 64, static (bench, i) => bench.PutAsync(i), static (bench, i) => bench.Floor.PutAsync(
                    bench.Ids[i], bench.Keys[i], bench.Values[i]))),
        new Gate(
            "postgres-commit",
            "commits from 32 producers / single upserts on 32 connections",
            1.5,
            IsSpeedUp: true,
            static _ => PrepareTogetherAsync(each: 32)),
        new Gate(
            "postgres-batch",
            "batch of 1,000 documents, 3 indexes / a raw unnest upsert of the same columns",
            1.5,
            IsSpeedUp: false,
            static _ => PrepareAsync(each: 1, static (bench, _) => bench.PutAllAsync(), static (bench, _) =>
                bench.Floor.PutAllAsync(bench.Ids[..1000], bench.Keys[..1000], bench.Values[..1000]))),
        new Gate(
            "postgres-get-100",
            "read of 100 documents by key / raw = ANY on the same rows",
            1.2,
            IsSpeedUp: false,
            static _ => PrepareAsync(each: 50, static (bench, i) => bench.GetAsync(i), static (bench, i) =>
                bench.Floor.GetAsync("undercroft", 1, bench.Hundred(i)))),
        new Gate(
            "postgres-page",
            "page of 50 by an index / the same page by a native index on an expression of jsonb",
            1.2,
            IsSpeedUp: false,
            static _ => PrepareAsync(each: 50, static (bench, i) => bench.PageAsync(i), static (bench, i) =>
                bench.Floor.PageAsync(PostgresBench.ScoreAt(i), 50), fills: true)),
    ];

    private static async ValueTask<Contest> PrepareAsync(
        int each, Func<PostgresBench, int, Task> ours, Func<PostgresBench, int, Task> floor, bool fills = false)
    {
        var bench = await PostgresBench.StartAsync(fills);
        return new Contest(() => TurnAsync(ours), () => TurnAsync(floor), each, each, bench.DisposeAsync);

        async ValueTask TurnAsync(Func<PostgresBench, int, Task> side)
        {
            for (var i = 0; i < each; i++)
            {
                await side(bench, i);
            }
        }
    }

    private static async ValueTask<Contest> PrepareTogetherAsync(int each)
    {
        var bench = await PostgresBench.StartAsync(fills: false);
        return new Contest(
            () => TurnAsync(bench.PutAsync),
            () => TurnAsync(i => bench.Floor.PutAsync(bench.Ids[i], bench.Keys[i], bench.Values[i])),
            Producers * each, Producers * each, bench.DisposeAsync);

        async ValueTask TurnAsync(Func<int, Task> side) =>
            await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    await side((producer * each) + i);
                }
            })));
    }

    /// <summary>A server, a store and a floor, with the same documents.</summary>
    private sealed class PostgresBench : IAsyncDisposable
    {
        private readonly PostgresServer server;
        private readonly PostgresStore store;

        private PostgresBench(PostgresServer server, PostgresStore store, PostgresFloor floor)
        {
            this.server = server;
            this.store = store;
            Floor = floor;
            var stories = Enumerable.Range(0, 2_000).Select(Story.Make).ToArray();
            Ids = Array.ConvertAll(stories, static story => story.Id);
            Values = Array.ConvertAll(stories, static story => JsonSerializer.SerializeToUtf8Bytes(
                story, BenchJson.Default.Story));
            Keys = Array.ConvertAll(stories, static story => new[]
            {
                Number(story.Score), System.Text.Encoding.UTF8.GetBytes(story.Author), Number(story.CreatedAt.Day),
            });
        }

        public PostgresFloor Floor { get; }

        public string[] Ids { get; }

        public byte[][] Values { get; }

        public byte[][][] Keys { get; }

        public static async Task<PostgresBench> StartAsync(bool fills)
        {
            var server = Environment.GetEnvironmentVariable(SharedPostgres.Variable) is { Length: > 0 } address
                ? PostgresServer.Existing(address)
                : await PostgresServer.StartAsync(new PostgresServerOptions { SyncsToDisk = true });
            var database = await server.CreateDatabaseAsync();
            var uri = StoreUri.Parse(server.Address(database) + "?views=off&listen=off");
            var store = await new StoreSchemes().AddPostgres().OpenAsync(
                server.Address(database) + "?views=off&listen=off", null, default);
            var floor = await PostgresFloor.CreateAsync(Connection(uri));
            var bench = new PostgresBench(server, (PostgresStore)store, floor);
            await bench.FillAsync(fills);
            await floor.AnalyzeAsync("undercroft");
            return bench;
        }

        public static int ScoreAt(int i) => i * 1_500;

        public string[] Hundred(int i) => Ids[(i * 20)..((i * 20) + 100)];

        public async Task PutAsync(int i) => Check(await store.CommitAsync(new Commit(Put(i))));

        public async Task PutAllAsync() => Check(await store.CommitAsync(new Commit(
            [.. Enumerable.Range(0, 1000).Select(Put)])));

        public async Task GetAsync(int i)
        {
            var found = await store.ReadAsync(Array.ConvertAll(Hundred(i), static id => new RecordKey(Collection, id)));
            if (found.Count != 100 || found[99] is null)
            {
                throw new InvalidOperationException("Not all were found.");
            }
        }

        public async Task PageAsync(int i) => _ = await store.ScanAsync(new ScanRequest
        {
            Collection = Collection,
            Range = ScanRange.Keys("score", Number(ScoreAt(i))),
            Limit = 50,
        });

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await Floor.DisposeAsync();
            await server.DisposeAsync();
        }

        private async Task FillAsync(bool fills)
        {
            foreach (var chunk in Enumerable.Range(0, Ids.Length).Chunk(1000))
            {
                Check(await store.CommitAsync(new Commit([.. chunk.Select(Put)])));
                await Floor.PutAllAsync(
                    [.. chunk.Select(i => Ids[i])], [.. chunk.Select(i => Keys[i])], [.. chunk.Select(i => Values[i])]);
            }

            if (fills)
            {
                await Floor.FillPagesAsync([.. Values.Select(System.Text.Encoding.UTF8.GetString)]);
            }
        }

        private StoreOperation Put(int i) => new PutOperation(new RecordKey(Collection, Ids[i]), Values[i])
        {
            Entries =
            [
                new IndexEntry("score", Keys[i][0]), new IndexEntry("author", Keys[i][1]),
                new IndexEntry("day", Keys[i][2]),
            ],
        };

        private static string Connection(StoreUri uri)
        {
            var at = uri.Path.LastIndexOf('@');
            var (user, place) = (uri.Path[..at].Split(':', 2), uri.Path[(at + 1)..].Split(':', '/'));
            return new Npgsql.NpgsqlConnectionStringBuilder
            {
                Host = place[0],
                Port = int.Parse(place[1], CultureInfo.InvariantCulture),
                Database = place[2],
                Username = user[0],
                Password = user.Length > 1 ? user[1] : null,
            }.ConnectionString;
        }

        private static byte[] Number(int number)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, number);
            return bytes;
        }

        private static void Check(CommitResult result)
        {
            if (!result.IsCommitted)
            {
                throw new InvalidOperationException("A commit met a conflict.");
            }
        }
    }
}
