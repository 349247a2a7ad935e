using Undercroft.Copies;
using Undercroft.Files;
using Undercroft.Sqlite;

namespace Undercroft.Bench;

/// <summary>A copy against the batches its slower side takes by itself.</summary>
internal static class CopyGates
{
    private const int Documents = 20_000;
    private const int Batch = 1000;

    public static IReadOnlyList<Gate> All { get; } =
    [
        new Gate(
            "copy",
            "copy of 20,000 documents, 3 indexes, from SQLite to files / the same in batches of 1,000 into files",
            0.7,
            IsSpeedUp: true,
            PrepareAsync),
    ];

    private static async ValueTask<Contest> PrepareAsync(GateContext context)
    {
        var storage = new Storage(
            await SqliteStore.OpenAsync(new SqliteStoreOptions { DatabasePath = context.PathOf("source.db") }),
            new StorageOptions { SweepInterval = Timeout.InfiniteTimeSpan });
        var stories = storage.Repository(SqliteGates.Stories);
        foreach (var batch in Enumerable.Range(0, Documents).Select(Story.Make).Chunk(Batch))
        {
            await stories.CreateManyAsync([.. batch.Select(story => KeyValuePair.Create(story.Id, story))]);
        }

        var read = await storage.Store.ScanAsync(
            new ScanRequest { Collection = "stories", Limit = Batch, Detail = RecordDetail.Complete });
        var records = read.Items.Select(item => item.Record).ToList();
        var turns = 0;
        return new Contest(
            () => InNewStoreAsync(context, $"ours{turns++}", async target =>
            {
                _ = await new StoreCopy(storage.Store, target).RunAsync();
            }),
            () => InNewStoreAsync(context, $"floor{turns++}", async target =>
            {
                for (var i = 0; i < Documents; i += Batch)
                {
                    var from = i;
                    StoreOperation[] puts = [.. records.Select((record, n) => Put(record, Story.Make(from + n).Id))];
                    _ = await target.CommitAsync(new Commit(puts));
                }
            }),
            Documents,
            Documents,
            storage.DisposeAsync);
    }

    private static PutOperation Put(StoreRecord record, string id) => new(new RecordKey("stories", id), record.Value)
    {
        Entries = record.Entries,
    };

    private static async ValueTask InNewStoreAsync(GateContext context, string name, Func<IStore, Task> work)
    {
        var folder = context.PathOf(name);
        await using (var store = await FileStore.OpenAsync(new FileStoreOptions { Directory = folder }))
        {
            await work(store);
        }

        Directory.Delete(folder, recursive: true);
    }
}
