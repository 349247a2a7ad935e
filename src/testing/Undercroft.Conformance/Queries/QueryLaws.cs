using System.Globalization;
using System.Text.Json;
using Undercroft.Indexes;
using Undercroft.Queries;
using Undercroft.Testing;

namespace Undercroft.Conformance.Queries;

/// <summary>Random queries give on every backend, by whatever way they are run, what a plain look at every document
/// gives.</summary>
public abstract class QueryLaws : Model.ModelLaws
{
    private const int Writes = 70;
    private const int Rounds = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public virtual Task A_query_gives_what_a_look_at_every_document_gives(int run) => RunAsync(run, async world =>
    {
        var asked = Ask(world);
        var wanted = world.Matches(asked.Filter);
        var about = await AboutAsync(world, asked);

        var paged = new List<string>();
        string? after = null;
        do
        {
            var page = await asked.Query.After(after).ToPageAsync(Cancel);
            Assert.True(page.Items.Count <= asked.Limit, $"A page of {page.Items.Count}: {about}");
            paged.AddRange(page.Items.Select(static item => item.Id));
            after = page.Next;
        }
        while (after is not null);

        AssertSame(wanted, paged, about);
        AssertOrder(world, asked, paged, about);
        var streamed = new List<string>();
        await foreach (var document in world.Repository.Query().WhereJson(asked.Filter.Json)
            .OrderBy(asked.Order.Select(Text)).StreamAsync(Cancel))
        {
            streamed.Add(document.Id);
            Assert.Equal(world.Documents[document.Id].Record!.Revision, document.Revision);
        }

        Assert.True(paged.SequenceEqual(streamed), $"The stream goes another way than the pages: {about}");
        Assert.True(wanted.Count == await asked.Query.CountAsync(Cancel), $"Counted wrongly: {about}");
        Assert.True(wanted.Count > 0 == await asked.Query.AnyAsync(Cancel), $"Any is wrong: {about}");
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public virtual Task What_nobody_writes_is_seen_once_while_the_rest_is_written_between_pages(int run) => RunAsync(
        1_000 + run,
        async world =>
        {
            var asked = Ask(world);
            var about = await AboutAsync(world, asked);
            var before = world.Documents.ToDictionary();
            var wanted = world.Matches(asked.Filter);

            var paged = new List<string>();
            string? after = null;
            do
            {
                var page = await asked.Query.After(after).ToPageAsync(Cancel);
                paged.AddRange(page.Items.Select(static item => item.Id));
                after = page.Next;
                await world.WriteAsync(null, Cancel);
            }
            while (after is not null);

            bool IsTouched(string id) =>
                !before.TryGetValue(id, out var old) || !world.Documents.TryGetValue(id, out var now) || old != now;
            wanted.RemoveWhere(IsTouched);
            paged.RemoveAll(IsTouched);
            AssertSame(wanted, paged, about);
            AssertOrder(world, asked, paged, about);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public virtual Task Aggregates_are_those_of_the_documents_found(int run) => RunAsync(2_000 + run, async world =>
    {
        var random = world.Random;
        var filter = world.Maker.Filter();
        var by = Enumerable.Range(0, random.Next(3)).Select(_ => Pick(random)).Distinct().ToList();
        var asked = Enum.GetValues<AggregateFunction>().Select(function => (function, Path: Pick(random))).ToList();

        var query = world.Repository.Query().WhereJson(filter.Json);
        var found = await query.AggregateAsync(
            by.ConvertAll(static path => path.Text),
            asked.ConvertAll(static one => Aggregate.Of(one.function, one.Path.Text)),
            Cancel);

        var wanted = PlainTotals.Group(world.Matches(filter).Select(id => world.Documents[id]), by);
        var about = $"{query} by {string.Join(", ", by)} of {string.Join(", ", asked)}";
        Assert.True(wanted.Count == found.Count, $"{found.Count} groups instead of {wanted.Count}: {about}");
        for (var i = 0; i < found.Count; i++)
        {
            var key = found[i].Key.Select(Plain).ToList();
            Assert.True(PlainTotals.Compare(key, wanted[i].Key) == 0, $"Another key at {i}: {about}");
            for (var j = 0; j < asked.Count; j++)
            {
                Assert.True(
                    PlainTotals.Agrees(
                        asked[j].function, asked[j].Path, wanted[i].Documents, Plain(found[i].Values[j])),
                    $"{asked[j]} in group {i}, {string.Join(", ", found[i].Key)}, is {found[i].Values[j]}: {about}\n" +
                    string.Join('\n', wanted[i].Documents.Select(static document => document.Json)));
            }
        }
    });

    [Fact]
    public virtual Task Joined_documents_are_those_that_share_a_value() => RunAsync(3_000, async world =>
    {
        var random = world.Random;
        var (left, right) = (Ask(world), world.Maker.Filter());
        var (mine, theirs) = (Pick(random), random.Next(3) == 0 ? new PlainPath("$id") : Pick(random));
        var join = new JoinSpec
        {
            LeftPath = FieldPath.Parse(mine.Text),
            RightPath = FieldPath.Parse(theirs.Text),
            RightWhere = Filter.Parse(right.Json),
            KeepsUnmatched = random.Next(2) == 0,
        };
        var engine = await world.EngineAsync(Cancel);
        var rights = world.Matches(right);
        var wanted = world.Matches(left.Filter)
            .Select(id => (Id: id, Rights: rights.Where(other => Share(
                world.Documents[id].ValuesOf(mine), world.Documents[other].ValuesOf(theirs))).ToHashSet()))
            .Where(row => join.KeepsUnmatched || row.Rights.Count > 0)
            .ToDictionary(static row => row.Id, static row => row.Rights);

        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await engine.JoinAsync(left.Query.Spec with { After = after }, engine, join, Cancel);
            foreach (var row in page.Items)
            {
                found.Add(row.Left.Key.Id);
                AssertSame(
                    wanted[row.Left.Key.Id],
                    [.. row.Rights.Select(static record => record.Key.Id)],
                    $"{row.Left.Key.Id} of {left.Query} with {theirs} of {right.Json}");
            }

            after = page.Next;
        }
        while (after is not null);

        AssertSame([.. wanted.Keys], found, $"{left.Query}, {mine} with {theirs} of {right.Json}");
    });

    /// <summary>A storage on the store under test, which stays open behind it.</summary>
    private protected Storage OpenStorage() => new(new Borrowed(Store), new StorageOptions
    {
        Clock = Clock,
        SweepInterval = Timeout.InfiniteTimeSpan,
        Durability = ExpectedDurability[0],
    });

    private async Task RunAsync(int salt, Func<QueryWorld, Task> round)
    {
        var seed = TestSeed.Take();
        for (var repeat = 0; repeat < TestSeed.Length; repeat++)
        {
            var random = seed.ToRandom(salt + (repeat * 10_000));
            var name = string.Create(CultureInfo.InvariantCulture, $"docs{repeat}");
            await using var storage = OpenStorage();
            var world = new QueryWorld(storage, name, random);
            try
            {
                for (var i = 0; i < Writes; i++)
                {
                    await world.WriteAsync(null, Cancel);
                    Clock.Advance(TimeSpan.FromMinutes(1));
                }

                for (var i = 0; i < Rounds; i++)
                {
                    await round(world);
                }
            }
            catch (Exception error) when (!Cancel.IsCancellationRequested)
            {
                Assert.Fail($"{seed} Repeat {repeat}: {error}");
            }
        }
    }

    private static Asked Ask(QueryWorld world)
    {
        var (filter, order, limit) = (world.Maker.Filter(), world.Maker.Order(), 1 + world.Random.Next(12));
        var query = world.Repository.Query().WhereJson(filter.Json).OrderBy(order.Select(Text)).Take(limit);
        return new Asked(filter, order, limit, query);
    }

    private static async Task<string> AboutAsync(QueryWorld world, Asked asked) =>
        $"{asked.Query}\nfrom {asked.Filter.Json}\nwith {string.Join("; ", world.Indexes)}\n" +
        $"by {await asked.Query.ExplainAsync(Cancel)}";

    private static void AssertSame(HashSet<string> wanted, List<string> found, string about) => Assert.True(
        found.Count == wanted.Count && wanted.SetEquals(found),
        $"Wanted {string.Join(' ', wanted.Order(StringComparer.Ordinal))}\nfound " +
        $"{string.Join(' ', found.Order(StringComparer.Ordinal))}\n{about}");

    private static void AssertOrder(QueryWorld world, Asked asked, List<string> ids, string about)
    {
        for (var i = 1; i < ids.Count; i++)
        {
            Assert.True(
                world.Compare(asked.Order, asked.Filter, ids[i - 1], ids[i]) <= 0,
                $"{ids[i - 1]} stands before {ids[i]}: {world.Documents[ids[i - 1]].Json}, " +
                $"{world.Documents[ids[i]].Json}\n{about}");
        }
    }

    private static string Text((PlainPath Path, bool IsTime, bool IsDown) field) =>
        (field.IsDown ? "-" : "") + field.Path.Text + (field.IsTime ? ":time" : "");

    private static PlainPath Pick(Random random) => QueryMaker.Paths[random.Next(QueryMaker.Paths.Length)];

    private static bool Share(List<PlainValue> left, List<PlainValue> right) => left.Exists(value =>
        value.Rank is not (PlainValue.Null or PlainValue.Object) &&
        right.Exists(other => value.CompareTo(other) == 0));

    private static PlainValue Plain(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Null => new(PlainValue.Null),
        FieldValueKind.AnyObject => new(PlainValue.Object),
        FieldValueKind.Text => new(PlainValue.String, Text: value.Text),
        FieldValueKind.Time => PlainValue.Of(value.Time),
        _ => PlainValue.Of(JsonDocument.Parse(value.ToString()).RootElement),
    };

    private sealed record Asked(
        PlainFilter Filter,
        List<(PlainPath Path, bool IsTime, bool IsDown)> Order,
        int Limit,
        Query<RawJson> Query);
}
