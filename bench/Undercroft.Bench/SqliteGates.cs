using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Bench.Floors;
using Undercroft.Sqlite;

namespace Undercroft.Bench;

/// <summary>The SQLite store against raw calls on the same tables, at the same durability.</summary>
internal static class SqliteGates
{
    private const int Documents = 20_000;
    private const int Producers = 64;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "sqlite-read",
            "store read by key / raw prepared read in one read transaction",
            1.3,
            IsSpeedUp: false,
            PrepareStoreReadAsync),
        new Gate(
            "sqlite-get",
            "repository get / the same raw read and JSON deserialisation",
            1.3,
            IsSpeedUp: false,
            PrepareGetAsync),
        new Gate(
            "sqlite-commit",
            "durable creates from 64 producers, 3 indexes / the same full commit ungrouped",
            5,
            IsSpeedUp: true,
            static context => PrepareCommitAsync(context, Producers, each: 32)),
        new Gate(
            "sqlite-commit-plain",
            "the same without an index",
            5,
            IsSpeedUp: true,
            static context => PrepareCommitAsync(context, Producers, each: 128, indexes: 0)),
        new Gate(
            "sqlite-commit-one",
            "the same with one index",
            5,
            IsSpeedUp: true,
            static context => PrepareCommitAsync(context, Producers, each: 32, indexes: 1)),
        new Gate(
            "sqlite-grouped",
            "the same / raw inserts into the same tables, 64 in each transaction",
            0.6,
            IsSpeedUp: true,
            static context => PrepareGroupedAsync(context, each: 32)),
        new Gate(
            "sqlite-alone",
            "durable creates from one producer, 3 indexes / the same full commit",
            0.8,
            IsSpeedUp: true,
            static context => PrepareCommitAsync(context, producers: 1, each: 256)),
        new Gate(
            "sqlite-single",
            "creates by one producer, 3 indexes, at Os / the same full commit raw, synchronous = NORMAL",
            0.31,
            IsSpeedUp: true,
            static context => PrepareCommitAsync(context, producers: 1, each: 256, Durability.Os)),
        new Gate(
            "sqlite-batch",
            "batch of 1,000 creates, 3 indexes / raw prepared inserts into the same tables",
            1.5,
            IsSpeedUp: false,
            PrepareBatchAsync),
    ];

    public static CollectionDefinition<Story> Plain { get; } = new("stories", BenchJson.Default.Story);

    public static CollectionDefinition<Story> WithOne { get; } = Plain.WithIndex("byAuthor", "author", "score");

    public static CollectionDefinition<Story> Stories { get; } =
        WithOne
            .WithIndex("byScore", "score")
            .WithIndex("byCreated", "createdAt:time");

    private static async ValueTask<Contest> PrepareStoreReadAsync(GateContext context)
    {
        var (storage, floor, ids) = await FillAsync(context);
        return new Contest(
            async () =>
            {
                for (var i = 0; i < Documents; i++)
                {
                    _ = await storage.Store.ReadAsync(new RecordKey("stories", ids[Pick(i)]));
                }
            },
            () =>
            {
                floor.BeginReading();
                for (var i = 0; i < Documents; i++)
                {
                    _ = floor.Read(ids[Pick(i)]);
                }

                floor.EndReading();
                return default;
            },
            Documents,
            Documents,
            () => CloseAsync(storage, floor));
    }

    private static async ValueTask<Contest> PrepareGetAsync(GateContext context)
    {
        var (storage, floor, ids) = await FillAsync(context);
        var stories = storage.Repository(Stories);
        var sample = JsonSerializer.SerializeToUtf8Bytes(Story.Make(1), BenchJson.Default.Story);
        return new Contest(
            async () =>
            {
                for (var i = 0; i < Documents; i++)
                {
                    _ = await stories.GetAsync(ids[Pick(i)]);
                }
            },
            () =>
            {
                floor.BeginReading();
                for (var i = 0; i < Documents; i++)
                {
                    _ = floor.Read(ids[Pick(i)]);
                    _ = JsonSerializer.Deserialize(sample, BenchJson.Default.Story);
                }

                floor.EndReading();
                return default;
            },
            Documents,
            Documents,
            () => CloseAsync(storage, floor));
    }

    private static async ValueTask<Contest> PrepareCommitAsync(
        GateContext context, int producers, int each, Durability durability = Durability.Disk, int indexes = 3)
    {
        const int Alone = 256;
        var storage = await OpenAsync(context, durability);
        var stories = storage.Repository(indexes switch { 0 => Plain, 1 => WithOne, _ => Stories });
        var floor = new SqliteFloor(context.PathOf("floor.db"), durability == Durability.Disk ? "FULL" : "NORMAL");
        var (next, alone) = (0, 0);
        return new Contest(
            async () => await CreateAsync(stories, producers, each, () => Interlocked.Increment(ref next)),
            () =>
            {
                for (var i = 0; i < Alone; i++)
                {
                    var story = Story.Make(alone++);
                    floor.Commit(
                        story.Id,
                        JsonSerializer.SerializeToUtf8Bytes(story, BenchJson.Default.Story),
                        KeysOf(story)[..indexes]);
                }

                return default;
            },
            producers * each,
            Alone,
            () => CloseAsync(storage, floor));
    }

    // What no store can be faster than: as many commits in a transaction as there are producers, by one who need not
    // wait for them.
    private static async ValueTask<Contest> PrepareGroupedAsync(GateContext context, int each)
    {
        var storage = await OpenAsync(context);
        var stories = storage.Repository(Stories);
        var floor = new SqliteFloor(context.PathOf("floor.db"), "FULL");
        var (next, grouped) = (0, 0);
        return new Contest(
            async () => await CreateAsync(stories, Producers, each, () => Interlocked.Increment(ref next)),
            () =>
            {
                for (var i = 0; i < each; i++)
                {
                    InsertBatch(floor, grouped, Producers);
                    grouped += Producers;
                }

                return default;
            },
            Producers * each,
            Producers * each,
            () => CloseAsync(storage, floor));
    }

    private static async ValueTask<Contest> PrepareBatchAsync(GateContext context)
    {
        const int Batch = 1000;
        var storage = await OpenAsync(context);
        var stories = storage.Repository(Stories);
        var floor = new SqliteFloor(context.PathOf("floor.db"), "FULL");
        var (next, other) = (0, 0);
        return new Contest(
            async () =>
            {
                var batch = Enumerable.Range(next, Batch).Select(Story.Make);
                next += Batch;
                await stories.CreateManyAsync([.. batch.Select(story => KeyValuePair.Create(story.Id, story))]);
            },
            () =>
            {
                InsertBatch(floor, other, Batch);
                other += Batch;
                return default;
            },
            Batch,
            Batch,
            () => CloseAsync(storage, floor));
    }

    private static Task CreateAsync(IRepository<Story> stories, int producers, int each, Func<int> next) =>
        Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var story = Story.Make(next());
                await stories.CreateAsync(story.Id, story);
            }
        })));

    private static void InsertBatch(SqliteFloor floor, int first, int count)
    {
        var batch = Enumerable.Range(first, count).Select(Story.Make).ToList();
        byte[] value = [];
        foreach (var story in batch)
        {
            value = JsonSerializer.SerializeToUtf8Bytes(story, BenchJson.Default.Story);
        }

        floor.InsertBatch([.. batch.Select(story => story.Id)], value, [.. batch.Select(KeysOf)]);
    }

    private static async ValueTask<(Storage Storage, SqliteFloor Floor, string[] Ids)> FillAsync(GateContext context)
    {
        var storage = await OpenAsync(context);
        var stories = storage.Repository(Stories);
        var floor = new SqliteFloor(context.PathOf("floor.db"), "NORMAL");
        var ids = new string[Documents];
        for (var i = 0; i < Documents; i += 1000)
        {
            var batch = Enumerable.Range(i, 1000).Select(Story.Make).ToList();
            batch.Select(story => story.Id).ToArray().CopyTo(ids, i);
            await stories.CreateManyAsync([.. batch.Select(story => KeyValuePair.Create(story.Id, story))]);
            floor.InsertBatch(
                ids.AsSpan(i, 1000).ToArray(),
                JsonSerializer.SerializeToUtf8Bytes(batch[0], BenchJson.Default.Story),
                [.. batch.Select(KeysOf)]);
        }

        return (storage, floor, ids);
    }

    private static async ValueTask<Storage> OpenAsync(GateContext context, Durability level = Durability.Disk) => new(
        await SqliteStore.OpenAsync(new SqliteStoreOptions { DatabasePath = context.PathOf("ours.db") }),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan, Durability = level });

    private static async ValueTask CloseAsync(Storage storage, SqliteFloor floor)
    {
        await storage.DisposeAsync();
        floor.Dispose();
    }

    // Keys of the lengths that ours have.
    private static byte[][] KeysOf(Story story) =>
    [
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{story.Author}{story.Score:D6}")),
        Encoding.UTF8.GetBytes(story.Score.ToString("D6", CultureInfo.InvariantCulture)),
        Encoding.UTF8.GetBytes(story.Id[^9..]),
    ];

    private static int Pick(int i) => (int)(i * 7919L % Documents);
}
