using System.Text;
using Undercroft.Indexes;

namespace Undercroft.Tests.Queries;

/// <summary>Documents to query, with their indexes.</summary>
internal static class QueryWorld
{
    public static readonly IndexDefinition ByScore = IndexDefinition.On("byScore", "-score");

    public static readonly IndexDefinition[] All =
    [
        IndexDefinition.On("byAuthor", "author", "score"),
        ByScore,
        IndexDefinition.On("byTag", "tags"),
        IndexDefinition.On("bySlug", "slug") with { IsUnique = true },
    ];

    public static string Id(StoreRecord record) => record.Key.Id;

    public static async Task PutAsync(
        IStore store, string id, string json, CancellationToken ct, string collection = "docs", IndexSet? set = null)
    {
        var (key, bytes) = (new RecordKey(collection, id), Encoding.UTF8.GetBytes(json));
        await store.CommitAsync(
            new Commit(new PutOperation(key, bytes) { Entries = set?.Compute(key, bytes) ?? [] }), ct);
    }

    public static async Task<CountingStore> FillAsync(int count, CancellationToken ct)
    {
        var store = new CountingStore(new MemoryStore());
        var set = new IndexSet(All);
        for (var i = 0; i < count; i++)
        {
            var tags = i % 2 == 0 ? "[\"t1\",\"t2\"]" : "[]";
            await PutAsync(
                store,
                $"d{i:0000}",
                $"{{\"author\":\"A{i % 10}\",\"score\":{i * 7 % 1000},\"title\":\"t{i}\"," +
                $"\"slug\":\"s{i}\",\"tags\":{tags}}}",
                ct, "docs", set);
        }

        return store;
    }
}
