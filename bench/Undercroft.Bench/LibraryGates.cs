using System.Globalization;
using System.Text;
using Undercroft.Bench.Floors;
using Undercroft.Sqlite;
using Undercroft.Stories;

namespace Undercroft.Bench;

/// <summary>The story library on SQLite, with the page and the map the guide tells stories to have, against what
/// whisker-core does for the same story without its Lua: the JSON written or read, and its own statements
/// (<see cref="StoryFloor"/>).</summary>
internal static class LibraryGates
{
    private const int Producers = 64;
    private const int Each = 16;
    private const int Alone = 64;
    private const int Readers = 2;
    private const int Passages = 36;
    private const int PageBytes = 16_384;
    private const int MapBytes = 1 << 30;

    // The texts are one and the same for all stories, so that making a story costs a turn nothing.
    private static readonly Passage[] Told = [.. Enumerable.Range(0, Passages).Select(MakePassage)];

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "library-save",
            "durable saves of a 38 KB story from 64 producers / whisker-core's, one after the other in raw calls",
            10,
            IsSpeedUp: true,
            context => PrepareSaveAsync(context, Producers, Each, Durability.Disk)),
        new Gate(
            "library-save-alone",
            "the same from one producer",
            1,
            IsSpeedUp: true,
            context => PrepareSaveAsync(context, 1, Alone, Durability.Disk)),
        new Gate(
            "library-save-batch",
            "the same in changes of 64 stories",
            10,
            IsSpeedUp: true,
            PrepareBatchAsync),
        new Gate(
            "library-load",
            "loads of a 38 KB story of 1,000 from the store by 2 threads / deserialising its JSON by 2 threads",
            1.5,
            IsSpeedUp: false,
            context => PrepareLoadAsync(context, Readers)),
        new Gate(
            "library-load-alone",
            "the same by one thread / by one thread",
            1.5,
            IsSpeedUp: false,
            context => PrepareLoadAsync(context, 1)),
        new Gate(
            "library-load-whisker",
            "loads of a 38 KB story of 1,000 by 2 threads / whisker-core's, one after the other in raw calls",
            10,
            IsSpeedUp: true,
            PrepareLoadWhiskerAsync),
        new Gate(
            "library-load-flat",
            "the same beside 10,000 stories / beside 100",
            1.5,
            IsSpeedUp: false,
            PrepareLoadFlatAsync),
        new Gate(
            "library-save-flat",
            "durable saves beside 10,000 stories / beside 100",
            1.5,
            IsSpeedUp: false,
            PrepareSaveFlatAsync),
        new Gate(
            "library-cached",
            "cached loads / look-ups in a dictionary under a lock",
            3,
            IsSpeedUp: false,
            PrepareCachedAsync),
    ];

    private static async ValueTask<Contest> PrepareSaveAsync(
        GateContext context, int producers, int each, Durability durability)
    {
        var storage = await OpenAsync(context, "ours.db");
        var library = new StoryLibrary(storage, new StoryLibraryOptions { CacheEntriesMax = 0 });
        var floor = new StoryFloor(context.PathOf("floor.db"));
        var options = new StorySaveOptions { Durability = durability };
        var (next, other) = (0, 0);
        Stories.Story[] made = [.. Enumerable.Range(0, 1000).Select(Make)];
        return new Contest(
            async () => await Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    await library.SaveAsync(made[Interlocked.Increment(ref next) % 1000], options);
                }
            }))),
            () =>
            {
                for (var i = 0; i < Alone; i++)
                {
                    var story = made[other++ % 1000];
                    floor.Save(story.Id, StoryJson.Write(story));
                }

                return default;
            },
            producers * each,
            Alone,
            () => CloseAsync(library, storage, floor));
    }

    private static async ValueTask<Contest> PrepareBatchAsync(GateContext context)
    {
        var storage = await OpenAsync(context, "ours.db");
        var library = new StoryLibrary(storage, new StoryLibraryOptions { CacheEntriesMax = 0 });
        var floor = new StoryFloor(context.PathOf("floor.db"));
        var (next, other) = (0, 0);
        Stories.Story[] made = [.. Enumerable.Range(0, 1000).Select(Make)];
        return new Contest(
            async () =>
            {
                for (var i = 0; i < 8; i++)
                {
                    await library.SaveManyAsync([.. Enumerable.Range(0, 64).Select(_ => made[next++ % 1000])]);
                }
            },
            () =>
            {
                for (var i = 0; i < Alone; i++)
                {
                    var story = made[other++ % 1000];
                    floor.Save(story.Id, StoryJson.Write(story));
                }

                return default;
            },
            8 * 64,
            Alone,
            () => CloseAsync(library, storage, floor));
    }

    private static async ValueTask<Contest> PrepareLoadAsync(GateContext context, int readers)
    {
        const int Count = 2000;
        var storage = await OpenAsync(context, "ours.db");
        var library = await FillAsync(storage, 1000);
        var json = StoryJson.Write(Make(1));
        return new Contest(
            () => InParallelAsync(i => library.LoadAsync(IdOf(i % 1000)), Count, readers),
            () => InParallelAsync(
                i =>
                {
                    _ = StoryJson.Read(json);
                    return default;
                },
                Count,
                readers),
            Count * readers,
            Count * readers,
            () => CloseAsync(library, storage, null));
    }

    private static async ValueTask<Contest> PrepareLoadWhiskerAsync(GateContext context)
    {
        const int Count = 2000;
        var storage = await OpenAsync(context, "ours.db");
        var library = await FillAsync(storage, 1000);
        var floor = new StoryFloor(context.PathOf("floor.db"));
        var other = 0;
        foreach (var number in Enumerable.Range(0, 1000))
        {
            var story = Make(number);
            floor.Save(story.Id, StoryJson.Write(story));
        }

        return new Contest(
            () => InParallelAsync(i => library.LoadAsync(IdOf(i % 1000)), Count, Readers),
            () =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    _ = StoryJson.Read(floor.Load(IdOf(other++ % 1000)));
                }

                return default;
            },
            Count * Readers,
            1000,
            () => CloseAsync(library, storage, floor));
    }

    private static async ValueTask<Contest> PrepareLoadFlatAsync(GateContext context)
    {
        const int Count = 1000;
        var (many, few) = (await OpenAsync(context, "many.db"), await OpenAsync(context, "few.db"));
        var (manyStories, fewStories) = (await FillAsync(many, 10_000), await FillAsync(few, 100));
        return new Contest(
            () => InParallelAsync(i => manyStories.LoadAsync(IdOf((int)(i * 7919L % 10_000))), Count, Readers),
            () => InParallelAsync(i => fewStories.LoadAsync(IdOf(i % 100)), Count, Readers),
            Count * Readers,
            Count * Readers,
            async () =>
            {
                await CloseAsync(manyStories, many, null);
                await CloseAsync(fewStories, few, null);
            });
    }

    private static async ValueTask<Contest> PrepareSaveFlatAsync(GateContext context)
    {
        var (many, few) = (await OpenAsync(context, "many.db"), await OpenAsync(context, "few.db"));
        var (manyStories, fewStories) = (await FillAsync(many, 10_000), await FillAsync(few, 100));
        return new Contest(
            () => SaveAsync(manyStories, 10_000),
            () => SaveAsync(fewStories, 100),
            Producers * Each,
            Producers * Each,
            async () =>
            {
                await CloseAsync(manyStories, many, null);
                await CloseAsync(fewStories, few, null);
            });

        static async ValueTask SaveAsync(StoryLibrary library, int stories)
        {
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    await library.SaveAsync(Make((int)(Interlocked.Increment(ref next) * 7919L % stories)));
                }
            })));
        }
    }

    private static async ValueTask<Contest> PrepareCachedAsync(GateContext context)
    {
        const int Count = 200_000;
        const int Kept = 50;
        var storage = await OpenAsync(context, "ours.db");
        var library = new StoryLibrary(storage);
        var map = new Dictionary<string, Stories.Story>(StringComparer.Ordinal);
        var gate = new Lock();
        var ids = Enumerable.Range(0, Kept).Select(IdOf).ToArray();
        for (var i = 0; i < Kept; i++)
        {
            await library.SaveAsync(map[ids[i]] = Make(i));
        }

        return new Contest(
            async () =>
            {
                for (var i = 0; i < Count; i++)
                {
                    _ = await library.LoadAsync(ids[i % Kept]);
                }
            },
            () =>
            {
                for (var i = 0; i < Count; i++)
                {
                    lock (gate)
                    {
                        _ = map.TryGetValue(ids[i % Kept], out _);
                    }
                }

                return default;
            },
            Count,
            Count,
            () => CloseAsync(library, storage, null));
    }

    private static async ValueTask InParallelAsync(
        Func<int, ValueTask<StoredStory?>> load, int count, int readers) =>
        await Task.WhenAll(Enumerable.Range(0, readers).Select(reader => Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                _ = await load((i * readers) + reader);
            }
        })));

    private static async ValueTask<StoryLibrary> FillAsync(Storage storage, int stories)
    {
        var library = new StoryLibrary(storage, new StoryLibraryOptions { CacheEntriesMax = 0 });
        foreach (var some in Enumerable.Range(0, stories).Chunk(100))
        {
            await library.SaveManyAsync([.. some.Select(Make)]);
        }

        return library;
    }

    private static async ValueTask<Storage> OpenAsync(GateContext context, string name) => new(
        await SqliteStore.OpenAsync(new SqliteStoreOptions
        {
            DatabasePath = context.PathOf(name),
            PageBytes = PageBytes,
            MapBytes = MapBytes,
        }),
        new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });

    private static async ValueTask CloseAsync(StoryLibrary library, Storage storage, StoryFloor? floor)
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
        floor?.Dispose();
    }

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"story-{number:D6}");

    // As large and with as many passages as gold_rush.whisker, whisker-core's own sample.
    private static Stories.Story Make(int number) => new()
    {
        Id = IdOf(number),
        Name = string.Create(CultureInfo.InvariantCulture, $"The gold of valley {number}"),
        Format = "Harlowe",
        FormatVersion = "3.3.9",
        StartId = "p0",
        Passages = Told,
    };

    private static Passage MakePassage(int i) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"p{i}"),
        Name = string.Create(CultureInfo.InvariantCulture, $"Claim {i}"),
        Tags = ["claim"],
        Position = new PassagePoint($"{i * 100},{i * 50}"),
        Body = Body(i),
    };

    private static string Body(int i)
    {
        var text = new StringBuilder();
        for (var line = 0; line < 9; line++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"Line {line}: \"Gold,\" said the old man of claim {i}, ")
                .Append("and looked down the valley where the river turned.\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"[[Go on->Claim {(i + 1) % Passages}]]").ToString();
    }
}
