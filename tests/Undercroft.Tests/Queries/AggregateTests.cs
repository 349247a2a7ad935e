using System.Globalization;
using System.Numerics;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class AggregateTests
{
    [Fact]
    public async Task The_least_and_the_greatest_come_from_one_key_of_an_index()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(1000, ct);
        var engine = new QueryEngine(store, "docs", QueryWorld.All);
        string[] cases = ["min(score)", "max(score)"];

        foreach (var where in new[] { "{}", """{"author":"A3"}""" })
        {
            foreach (var text in cases)
            {
                var spec = new QuerySpec { Where = Filter.Parse(where) };
                store.Reset();
                var found = await engine.AggregateAsync(spec, [], [Aggregate.Parse(text)], ct);
                Assert.Equal(1, store.Items);

                var plain = await new QueryEngine(store, "docs", [])
                    .AggregateAsync(spec, [], [Aggregate.Parse(text)], ct);
                Assert.Equal(plain[0].Values, found[0].Values);
            }
        }

        var none = await engine.AggregateAsync(
            new QuerySpec { Where = Filter.Parse("""{"author":"nobody"}""") }, [], [Aggregate.Parse("min(score)")], ct);
        Assert.Equal(FieldValue.Null, none[0].Values[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Sums_lose_nothing_and_averages_are_rounded_once(int seed)
    {
        var ct = TestContext.Current.CancellationToken;
        var random = new Random(seed);
        var store = new MemoryStore();
        var (total, count) = (BigInteger.Zero, 0);
        for (var i = 0; i < 300; i++)
        {
            var digits = (BigInteger)random.NextInt64() * (random.Next(2) == 0 ? 1 : -1);
            var exponent = random.Next(-30, 30);
            var number = random.Next(3) == 0
                ? random.Next(-5, 1000).ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
            total += number.Contains('e', StringComparison.Ordinal)
                ? digits * BigInteger.Pow(10, exponent + 30)
                : BigInteger.Parse(number, CultureInfo.InvariantCulture) * BigInteger.Pow(10, 30);
            count++;
            await QueryWorld.PutAsync(store, $"d{i}", $"{{\"n\":[{number},\"x\",null]}}", ct);
        }

        var groups = await new QueryEngine(store, "docs", [])
            .AggregateAsync(
                new QuerySpec(), [], [Aggregate.Parse("sum(n)"), Aggregate.Parse("avg(n)"), Aggregate.Count], ct);

        var expected = FieldValue.Number(string.Create(CultureInfo.InvariantCulture, $"{total}e-30"));
        Assert.True(expected == groups[0].Values[0], $"seed {seed}: {expected} and {groups[0].Values[0]}");
        Assert.Equal(FieldValue.From((long)count), groups[0].Values[2]);
        var average = BigInteger.Parse(
            groups[0].Values[1].Text.Split('e')[0].Replace(".", "", StringComparison.Ordinal).TrimStart('0'),
            CultureInfo.InvariantCulture);
        Assert.StartsWith(BigInteger.Abs(average).ToString(CultureInfo.InvariantCulture)[..20],
            BigInteger.Abs(total * BigInteger.Pow(10, 60) / count).ToString(CultureInfo.InvariantCulture),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_beyond_reason_are_not_summed()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = new MemoryStore();
        await QueryWorld.PutAsync(store, "big", """{"n":1e999999}""", ct);
        var engine = new QueryEngine(store, "docs", []);

        var error = await Assert.ThrowsAsync<LimitExceededException>(
            async () => await engine.AggregateAsync(new QuerySpec(), [], [Aggregate.Parse("sum(n)")], ct));

        Assert.Contains("'docs/big'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_takes_any_number_of_values_and_never_cuts_a_record_apart()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = new MemoryStore();
        var set = new IndexSet([IndexDefinition.On("byOwner", "owner")]);
        for (var i = 0; i < 1200; i++)
        {
            await QueryWorld.PutAsync(store, $"l{i:0000}", $"{{\"refs\":[{i},{i + 1},\"none\"]}}", ct, "left");
            await QueryWorld.PutAsync(store, $"r{i:0000}", $"{{\"owner\":{i},\"kind\":{i % 2}}}", ct, "right", set);
        }

        var (left, right) = (new QueryEngine(store, "left", []), new QueryEngine(store, "right", set.Definitions));
        var join = new JoinSpec
        {
            LeftPath = FieldPath.Parse("refs"),
            RightPath = FieldPath.Parse("owner"),
            RightWhere = Filter.Equal("kind", FieldValue.From(0L)),
        };
        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await left.JoinAsync(new QuerySpec { Limit = 700, After = after }, right, join, ct);
            found.AddRange(
                page.Items.Select(
                    static row => $"{QueryWorld.Id(row.Left)}:{string.Join(',', row.Rights.Select(QueryWorld.Id))}"));
            after = page.Next;
        }
        while (after is not null);

        var expected = Enumerable.Range(0, 1200)
            .Select(static i => (i, right: i % 2 == 0 ? i : i + 1))
            .Where(static pair => pair.right < 1200)
            .Select(static pair => $"l{pair.i:0000}:r{pair.right:0000}");
        Assert.Equal(expected, found);

        var narrow = new QueryEngine(store, "left", [], new QueryOptions { JoinedItemsMax = 10 });
        await Assert.ThrowsAsync<LimitExceededException>(
            async () => await narrow.JoinAsync(new QuerySpec { Limit = 700 }, right, join, ct));
    }
}
