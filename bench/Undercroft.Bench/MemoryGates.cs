using System.Text.Json;

namespace Undercroft.Bench;

/// <summary>The store in memory against what it cannot do without.</summary>
internal static class MemoryGates
{
    private const int Reads = 100_000;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "memory-get",
            "repository get of 1,000 documents / JSON deserialisation of the same bytes",
            1.2,
            IsSpeedUp: false,
            context => PrepareAsync(1_000, threads: 1)),
        new Gate(
            "memory-get-2",
            "the same by 2 threads / 2 threads deserialising",
            1.2,
            IsSpeedUp: false,
            context => PrepareAsync(1_000, threads: 2)),
        new Gate(
            "memory-get-cold",
            "the same over 100,000 documents, most of them in no processor cache",
            1.2,
            IsSpeedUp: false,
            context => PrepareAsync(100_000, threads: 1)),
    ];

    private static async ValueTask<Contest> PrepareAsync(int documents, int threads)
    {
        var storage = new Storage(new MemoryStore());
        var stories = storage.Repository(new CollectionDefinition<Story>("stories", BenchJson.Default.Story));
        var ids = new string[documents];
        var bytes = new byte[documents][];
        for (var i = 0; i < documents; i += 1000)
        {
            var batch = Enumerable.Range(i, 1000).Select(Story.Make).ToList();
            await stories.CreateManyAsync([.. batch.Select(story => KeyValuePair.Create(story.Id, story))]);
            for (var j = 0; j < batch.Count; j++)
            {
                ids[i + j] = batch[j].Id;
                bytes[i + j] = JsonSerializer.SerializeToUtf8Bytes(batch[j], BenchJson.Default.Story);
            }
        }

        return new Contest(
            () => Parallel(threads, async worker =>
            {
                for (var i = 0; i < Reads / threads; i++)
                {
                    _ = await stories.GetAsync(ids[Pick(i, worker, documents)]);
                }
            }),
            () => Parallel(threads, worker =>
            {
                for (var i = 0; i < Reads / threads; i++)
                {
                    _ = JsonSerializer.Deserialize(bytes[Pick(i, worker, documents)], BenchJson.Default.Story);
                }

                return default;
            }),
            Reads,
            Reads,
            storage.DisposeAsync);
    }

    private static int Pick(int i, int worker, int documents) => (int)(((i + (worker * 31L)) * 7919L) % documents);

    private static async ValueTask Parallel(int threads, Func<int, ValueTask> work)
    {
        if (threads == 1)
        {
            await work(0);
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, threads).Select(worker => Task.Run(async () => await work(worker))));
    }
}
