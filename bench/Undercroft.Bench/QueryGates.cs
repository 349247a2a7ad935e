using System.Text.Json;
using Undercroft.Bench.Floors;
using Undercroft.Sqlite;

namespace Undercroft.Bench;

/// <summary>A page of 50 of an indexed query over 100,000 documents against SQL written by hand on the same engine,
/// with an index over the same two expressions. Both sides read the JSON into objects.</summary>
internal static class QueryGates
{
    private const int Documents = 100_000;
    private const int Pages = 200;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "query-page",
            "first page of 50 by author, ordered by score / the same in hand-written SQL",
            2,
            IsSpeedUp: false,
            context => PrepareAsync(context, fromSecond: false)),
        new Gate(
            "query-deep",
            "second page, by cursor / the same in hand-written SQL, by keyset",
            2,
            IsSpeedUp: false,
            context => PrepareAsync(context, fromSecond: true)),
    ];

    private static async ValueTask<Contest> PrepareAsync(GateContext context, bool fromSecond)
    {
        var storage = new Storage(
            await SqliteStore.OpenAsync(new SqliteStoreOptions { DatabasePath = context.PathOf("ours.db") }),
            new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });
        var definition = new CollectionDefinition<Story>("stories", BenchJson.Default.Story);
        var stories = storage.Repository(definition.WithIndex("byAuthor", "author", "score"));
        var floor = new SqliteQueryFloor(context.PathOf("floor.db"));
        foreach (var batch in Enumerable.Range(0, Documents).Select(Story.Make).Chunk(5000))
        {
            await stories.CreateManyAsync([.. batch.Select(story => KeyValuePair.Create(story.Id, story))]);
            floor.Insert([.. batch.Select(story => (story.Id, Encode(story)))]);
        }

        var cursors = await CursorsAsync(stories, fromSecond);
        var places = Enumerable.Range(0, Pages)
            .Select(i => fromSecond ? floor.Page(Author(i), long.MinValue, string.Empty, Ignore) : (long.MinValue, ""))
            .ToArray();
        return new Contest(
            async () =>
            {
                for (var i = 0; i < Pages; i++)
                {
                    var page = await PageAsync(stories, i, cursors[i]);
                    Check(page.Items.Count);
                }
            },
            () =>
            {
                for (var i = 0; i < Pages; i++)
                {
                    var count = 0;
                    _ = floor.Page(Author(i), places[i].Item1, places[i].Item2, body =>
                    {
                        _ = JsonSerializer.Deserialize(body, BenchJson.Default.Story);
                        count++;
                    });
                    Check(count);
                }

                return default;
            },
            Pages,
            Pages,
            async () =>
            {
                await storage.DisposeAsync();
                floor.Dispose();
            });
    }

    private static async Task<string?[]> CursorsAsync(IRepository<Story> stories, bool fromSecond)
    {
        var cursors = new string?[Pages];
        for (var i = 0; fromSecond && i < Pages; i++)
        {
            cursors[i] = (await PageAsync(stories, i, null)).Next;
        }

        return cursors;
    }

    private static ValueTask<Queries.Page<Story>> PageAsync(IRepository<Story> stories, int i, string? cursor)
    {
        var author = Author(i);
        return stories.Query()
            .Where(story => story.Author == author)
            .OrderBy(story => story.Score)
            .Take(50)
            .After(cursor)
            .RequireIndex()
            .ToPageAsync();
    }

    // Each of the thousand authors has a hundred stories: two pages.
    private static string Author(int i) => Story.Make(i * 7).Author;

    private static byte[] Encode(Story story) =>
        JsonSerializer.SerializeToUtf8Bytes(story, BenchJson.Default.Story);

    private static void Ignore(ReadOnlySpan<byte> body)
    {
    }

    private static void Check(int count)
    {
        if (count != 50)
        {
            throw new InvalidOperationException($"A page has {count} documents, not 50.");
        }
    }
}
