using System.Globalization;
using System.Text.Json;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class QueryEquivalenceTests
{
    private const string Collection = "docs";
    private const int Rounds = 60;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_plan_gives_what_a_look_at_every_document_gives(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        var random = new Random(seed);
        var queries = new RandomQueries(random);
        var world = await World.MakeAsync(queries, random, withOverlay: false, ct);

        for (var round = 0; round < Rounds; round++)
        {
            var spec = new QuerySpec { Where = queries.Filter(), Order = queries.Order(), Limit = 1 + random.Next(12) };
            await AssertAgreesAsync(world, spec, $"seed {seed}, round {round}", ct);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Uncommitted_writes_are_seen_in_their_places(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        var random = new Random(1000 + seed);
        var queries = new RandomQueries(random);
        var world = await World.MakeAsync(queries, random, withOverlay: true, ct);

        for (var round = 0; round < Rounds; round++)
        {
            var spec = new QuerySpec { Where = queries.Filter(), Order = queries.Order(), Limit = 1 + random.Next(12) };
            await AssertAgreesAsync(world, spec, $"seed {seed}, round {round}", ct);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Documents_nobody_touches_are_seen_once_while_others_come_and_go(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        var random = new Random(2000 + seed);
        var queries = new RandomQueries(random);
        var world = await World.MakeAsync(queries, random, withOverlay: false, ct);

        for (var round = 0; round < Rounds / 4; round++)
        {
            var spec = new QuerySpec { Where = queries.Filter(), Order = queries.Order(), Limit = 1 + random.Next(6) };
            var expected = world.Expected(spec.Where);
            var found = new List<string>();
            var engine = world.Engine();
            string? after = null;
            do
            {
                var page = await engine.PageAsync(spec with { After = after }, ct);
                found.AddRange(page.Items.Select(static record => record.Key.Id));
                after = page.Next;

                var other = new RecordKey(
                    Collection, string.Create(CultureInfo.InvariantCulture, $"zz{random.Next(30)}"));
                await world.Store.CommitAsync(
                    new Commit(random.Next(3) == 0
                        ? new DeleteOperation(other)
                        : RandomQueries.Put(other, queries.Document(), queries.SomeTags(), world.Set)),
                    ct);
            }
            while (after is not null);

            found.RemoveAll(static id => id.StartsWith("zz", StringComparison.Ordinal));
            Assert.True(
                expected.Order(StringComparer.Ordinal).SequenceEqual(found.Order(StringComparer.Ordinal)),
                $"seed {seed}, round {round}: {spec}, {engine.Explain(spec)}");
        }
    }

    private static async Task AssertAgreesAsync(World world, QuerySpec spec, string about, CancellationToken ct)
    {
        var engine = world.Engine();
        var expected = world.Expected(spec.Where);
        about = $"{about}: {spec}, indexes {string.Join("; ", world.Set.Definitions)}, {engine.Explain(spec)}";

        var paged = new List<StoreRecord>();
        string? after = null;
        do
        {
            var page = await engine.PageAsync(spec with { After = after }, ct);
            Assert.True(page.Items.Count <= spec.Limit, about);
            paged.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        var streamed = new List<string>();
        await foreach (var record in engine.StreamAsync(spec with { Limit = null }, ct))
        {
            streamed.Add(record.Key.Id);
        }

        var ids = paged.ConvertAll(static record => record.Key.Id);
        Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(ids.Order(StringComparer.Ordinal)),
            $"{about}\nexpected {string.Join(' ', expected)}\nfound {string.Join(' ', ids)}");
        Assert.True(ids.SequenceEqual(streamed), about + "\nstream differs");
        Assert.True(expected.Count == await engine.CountAsync(spec, ct), about + "\ncount differs");
        Assert.True(expected.Count > 0 == await engine.AnyAsync(spec, ct), about + "\nany differs");
        AssertSorted(world, spec, ids, about);

        var plain = new QueryEngine(world.Store, Collection, [], world.Options);
        var scanned = new List<string>();
        await foreach (var record in plain.StreamAsync(spec with { Limit = null, Order = [] }, ct))
        {
            scanned.Add(record.Key.Id);
        }

        Assert.True(
            expected.Order(StringComparer.Ordinal).SequenceEqual(scanned.Order(StringComparer.Ordinal)),
            about + "\nscan differs");
    }

    private static void AssertSorted(World world, QuerySpec spec, List<string> ids, string about)
    {
        for (var i = 1; i < ids.Count; i++)
        {
            var order = 0;
            foreach (var field in spec.Order)
            {
                order = NaiveQuery.Compare(Best(field, ids[i - 1]), Best(field, ids[i]));
                order = field.IsDescending ? -order : order;
                if (order != 0)
                {
                    break;
                }
            }

            Assert.True(order <= 0, $"{about}\n{ids[i - 1]} before {ids[i]} in {string.Join(' ', ids)}");
        }

        JsonElement? Best(IndexField field, string id)
        {
            var values = NaiveQuery.Sortable(field, spec.Where, world.Documents[id].Json, id);
            values.Sort(NaiveQuery.Compare);
            return values.Count == 0 ? null : field.IsDescending ? values[^1] : values[0];
        }
    }

    private sealed class World
    {
        public required MemoryStore Store { get; init; }

        public required IndexSet Set { get; init; }

        public required QueryOptions Options { get; init; }

        public Dictionary<string, (JsonElement Json, string[] Tags)> Documents { get; } = new(StringComparer.Ordinal);

        public static async Task<World> MakeAsync(
            RandomQueries queries, Random random, bool withOverlay, CancellationToken ct)
        {
            var overlay = new Dictionary<string, StoreRecord?>();
            var world = new World
            {
                Store = new MemoryStore(),
                Set = new IndexSet(queries.Indexes()),
                Options = new QueryOptions { Overlay = withOverlay ? overlay : null },
            };
            for (var i = 0; i < 60; i++)
            {
                var (id, json, tags) = (queries.NewId(), queries.Document(), queries.SomeTags());
                var key = new RecordKey(Collection, id);
                try
                {
                    await world.Store.CommitAsync(new Commit(RandomQueries.Put(key, json, tags, world.Set)), ct);
                    world.Documents[id] = (JsonDocument.Parse(json).RootElement, tags);
                }
                catch (StoreException error) when (error.Kind == StoreErrorKind.Malformed)
                {
                    // Two arrays in one index: refused, and so not there.
                }
            }

            for (var i = 0; withOverlay && i < 25; i++)
            {
                var known = world.Documents.Keys.ElementAt(random.Next(world.Documents.Count));
                var id = random.Next(2) == 0 ? known : queries.NewId();
                overlay[id] = null;
                _ = world.Documents.Remove(id);
                if (random.Next(3) > 0)
                {
                    world.Overlay(id, queries, overlay);
                }
            }

            return world;
        }

        public QueryEngine Engine() => new(Store, Collection, Set.Definitions, Options);

        /// <summary>The ids a filter wants, by their bytes.</summary>
        public List<string> Expected(Filter filter)
        {
            var ids = Documents
                .Where(pair => NaiveQuery.Holds(filter, pair.Value.Json, pair.Key, pair.Value.Tags))
                .Select(static pair => pair.Key)
                .ToList();
            ids.Sort(static (a, b) => Utf8Order.Compare(a, b));
            return ids;
        }

        private void Overlay(string id, RandomQueries queries, Dictionary<string, StoreRecord?> overlay)
        {
            var (json, tags) = (queries.Document(), queries.SomeTags());
            try
            {
                var put = RandomQueries.Put(new RecordKey(Collection, id), json, tags, Set);
                overlay[id] = new StoreRecord
                {
                    Key = put.Key,
                    Revision = new Revision(-1),
                    Value = put.Value,
                    Meta = put.Meta,
                };
                Documents[id] = (JsonDocument.Parse(json).RootElement, tags);
            }
            catch (StoreException error) when (error.Kind == StoreErrorKind.Malformed)
            {
                // Refused as above; the deletion stays.
            }
        }
    }
}
