using System.Text.Json;
using Undercroft.Bench.Floors;
using Undercroft.Files;

namespace Undercroft.Bench;

/// <summary>The files store against files written one by one.</summary>
internal static class FileGates
{
    private const int Producers = 64;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "files-burst",
            "a burst of durable creates from 64 producers / tmp, fsync and rename for each document",
            10,
            IsSpeedUp: true,
            PrepareBurstAsync),
        new Gate(
            "files-sustained",
            "durable creates of 8 times what may wait, from 64 producers / tmp and rename without sync",
            0.8,
            IsSpeedUp: true,
            PrepareSustainedAsync),
        new Gate(
            "files-flat",
            "a durable save beside 100,000 documents / the same beside 100",
            1.5,
            IsSpeedUp: false,
            PrepareFlatAsync),
    ];

    private static async ValueTask<Contest> PrepareBurstAsync(GateContext context)
    {
        const int Each = 32;
        const int Alone = 128;
        var storage = await OpenAsync(context.PathOf("ours"), journalBytesMax: 64 * 1024 * 1024);
        var stories = Stories(storage);
        var floor = new FileFloor(context.PathOf("floor"));
        var (next, alone) = (0, 0);
        return new Contest(
            async () => await CreateAsync(stories, Each, () => Interlocked.Increment(ref next)),
            () =>
            {
                for (var i = 0; i < Alone; i++)
                {
                    var story = Story.Make(alone++);
                    floor.SaveDurably(story.Id, JsonSerializer.SerializeToUtf8Bytes(story, BenchJson.Default.Story));
                }

                return default;
            },
            Producers * Each,
            Alone,
            storage.DisposeAsync);
    }

    private static async ValueTask<Contest> PrepareSustainedAsync(GateContext context)
    {
        const int Each = 128;
        var storage = await OpenAsync(context.PathOf("ours"), journalBytesMax: 1024 * 1024);
        var stories = Stories(storage);
        var floor = new FileFloor(context.PathOf("floor"));
        var (next, other) = (0, 0);
        return new Contest(
            async () => await CreateAsync(stories, Each, () => Interlocked.Increment(ref next)),
            () =>
            {
                for (var i = 0; i < Producers * Each; i++)
                {
                    var story = Story.Make(other++);
                    floor.SaveLightly(story.Id, JsonSerializer.SerializeToUtf8Bytes(story, BenchJson.Default.Story));
                }

                return default;
            },
            Producers * Each,
            Producers * Each,
            storage.DisposeAsync);
    }

    private static async ValueTask<Contest> PrepareFlatAsync(GateContext context)
    {
        const int Saves = 256;
        var large = await OpenAsync(context.PathOf("large"), journalBytesMax: 64 * 1024 * 1024);
        var small = await OpenAsync(context.PathOf("small"), journalBytesMax: 64 * 1024 * 1024);
        await FillAsync(Stories(large), 100_000);
        await FillAsync(Stories(small), 100);
        return new Contest(
            () => SaveAsync(Stories(large)),
            () => SaveAsync(Stories(small)),
            Saves,
            Saves,
            async () =>
            {
                await large.DisposeAsync();
                await small.DisposeAsync();
            });

        static async ValueTask SaveAsync(IRepository<Story> stories)
        {
            for (var i = 0; i < Saves; i++)
            {
                var story = Story.Make(i % 100);
                await stories.UpsertAsync(story.Id, story with { Score = i });
            }
        }
    }

    private static async Task CreateAsync(IRepository<Story> stories, int each, Func<int> next) =>
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                var story = Story.Make(next());
                await stories.CreateAsync(story.Id, story);
            }
        })));

    private static async ValueTask FillAsync(IRepository<Story> stories, int count)
    {
        foreach (var batch in Enumerable.Range(0, count).Select(Story.Make).Chunk(1000))
        {
            await stories.CreateManyAsync([.. batch.Select(story => KeyValuePair.Create(story.Id, story))]);
        }
    }

    private static IRepository<Story> Stories(Storage storage) =>
        storage.Repository(new CollectionDefinition<Story>("stories", BenchJson.Default.Story));

    private static async ValueTask<Storage> OpenAsync(string folder, long journalBytesMax) => new(
        await FileStore.OpenAsync(new FileStoreOptions { Directory = folder, JournalBytesMax = journalBytesMax }),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });
}
