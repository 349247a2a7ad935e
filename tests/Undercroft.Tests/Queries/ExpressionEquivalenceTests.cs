using System.Globalization;
using System.Linq.Expressions;
using Undercroft.Queries;
using Undercroft.Testing;

namespace Undercroft.Tests.Queries;

/// <summary>An expression finds in the store what C# finds in memory. What a backend makes of the filters is a law of
/// the conformance kit.</summary>
public sealed class ExpressionEquivalenceTests
{
    private const int Things = 60;
    private const int Rounds = 400;

    private static readonly CollectionDefinition<Thing> Plain = new("things", ThingJson.Default.Thing);

    private static readonly CollectionDefinition<Thing> Indexed = Plain
        .WithIndex("byCount", static x => x.Count, static x => x.Name)
        .WithIndex("byMaybe", static x => x.Maybe)
        .WithIndex("byAt", static x => x.At)
        .WithIndex("byWhen", static x => x.When)
        .WithIndex("byNick", static x => x.Nick)
        .WithIndex("byRank", static x => x.Ranks)
        .WithIndex("bySingle", static x => x.Single);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_predicate_finds_what_it_finds_in_memory(bool isIndexed)
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = TestSeed.Take();
        for (var repeat = 0; repeat < TestSeed.Length; repeat++)
        {
            var maker = new ExpressionMaker(seed.ToRandom((2 * repeat) + (isIndexed ? 1 : 0)));
            await using var storage = Sample.Open();
            var repository = storage.Repository(isIndexed ? Indexed : Plain);
            var things = await FillAsync(repository, maker, ct);
            for (var round = 0; round < Rounds; round++)
            {
                var predicate = maker.Predicate();
                var found = await IdsAsync(repository, predicate, $"{seed} {predicate}", ct);

                var holds = predicate.Compile();
                var wanted = things.Where(pair => holds(pair.Value)).Select(static pair => pair.Key).ToHashSet();
                Assert.True(
                    wanted.SetEquals(found),
                    $"{seed} Found {string.Join(' ', found.Except(wanted).Order())} too much, missed " +
                    $"{string.Join(' ', wanted.Except(found).Order())}: {predicate}, which is " +
                    repository.Query().Where(predicate));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Values_made_of_documents_are_those_made_in_memory(bool isIndexed)
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = TestSeed.Take();
        var maker = new ExpressionMaker(seed.ToRandom(7));
        await using var storage = Sample.Open();
        var repository = storage.Repository(isIndexed ? Indexed : Plain);
        await FillAsync(repository, maker, ct);
        for (var round = 0; round < 12; round++)
        {
            var predicate = maker.Predicate(1);
            var query = repository.Query().Where(predicate);
            var things = await ThingsAsync(query, ct);
            if (things.Count == 0)
            {
                continue;
            }

            var about = $"{seed} {predicate}";
            await AssertEndsAsync(query, things, static x => x.Count, about, ct);
            await AssertEndsAsync(query, things, static x => x.Maybe, about, ct);
            await AssertEndsAsync(query, things, static x => x.Huge, about, ct);
            await AssertEndsAsync(query, things, static x => x.Single, about, ct);
            await AssertEndsAsync(query, things, static x => x.Price, about, ct);
            await AssertEndsAsync(query, things, static x => x.At, about, ct);
            await AssertEndsAsync(query, things, static x => x.When, about, ct);
            await AssertEndsAsync(query, things, static x => x.Until, about, ct);
            await AssertEndsAsync(query, things, static x => x.Letter, about, ct);
            await AssertGroupsAsync(query, things, static x => x.Maybe, about, ct);
            await AssertGroupsAsync(query, things, static x => x.Until, about, ct);
            await AssertGroupsAsync(query, things, static x => x.When, about, ct);
            await AssertGroupsAsync(query, things, static x => x.Genre, about, ct);
            await AssertGroupsAsync(query, things, static x => x.Span, about, ct);
            await AssertGroupsAsync(query, things, static x => x.Huge, about, ct);
            Assert.True(things.Sum(static x => x.Price) == await query.SumAsync(static x => x.Price, ct), about);

            // To 28 digits, where a decimal rounds as it goes.
            var wanted = things.Average(static x => x.Cost);
            var found = await query.AverageAsync(static x => x.Cost, ct);
            Assert.True(wanted is null ? found is null : Math.Abs(wanted.Value - found!.Value) < 1e-20m, about);
        }
    }

    private static async Task AssertEndsAsync<TValue>(
        Query<Thing> query,
        List<Thing> things,
        Expression<Func<Thing, TValue>> member,
        string about,
        CancellationToken ct)
    {
        var read = member.Compile(preferInterpretation: true);

        Assert.True(Same(things.Min(read), await query.MinAsync(member, ct)), $"min {member}: {about}");
        Assert.True(Same(things.Max(read), await query.MaxAsync(member, ct)), $"max {member}: {about}");

        var ordered = await ThingsAsync(query.OrderByDescending(member), ct);
        Assert.True(
            things.OrderByDescending(read).Select(read).SequenceEqual(ordered.Select(read)), $"by {member}: {about}");
    }

    private static async Task AssertGroupsAsync<TKey>(
        Query<Thing> query,
        List<Thing> things,
        Expression<Func<Thing, TKey>> member,
        string about,
        CancellationToken ct)
    {
        var wanted = things.GroupBy(member.Compile(preferInterpretation: true))
            .Select(static group => $"{Show(group.Key)}: {group.Count()}, {group.Max(static x => x.Until)?.Kind}");

        var counts = await query.GroupBy(member).CountAsync(ct);
        var ends = await query.GroupBy(member).MaxAsync(static x => x.Until, ct);

        Assert.Equal(
            wanted.Order(StringComparer.Ordinal),
            counts.Zip(ends)
                .Select(static pair => $"{Show(pair.First.Key)}: {pair.First.Value}, {pair.Second.Value?.Kind}")
                .Order(StringComparer.Ordinal));
        Assert.True(ends.Select(static pair => pair.Key).SequenceEqual(counts.Select(static pair => pair.Key)), about);
    }

    private static bool Same<TValue>(TValue? wanted, TValue? found) =>
        Equals(wanted, found) && Show(wanted) == Show(found);

    // The kind of a time too.
    private static string Show<TValue>(TValue value) => value switch
    {
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        decimal number => number.ToString("0.##########", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture),
        IFormattable one => one.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private static async Task<Dictionary<string, Thing>> FillAsync(
        IRepository<Thing> repository, ExpressionMaker maker, CancellationToken ct)
    {
        await repository.CreateManyAsync(
            [
                .. Enumerable.Range(0, Things).Select(i => new KeyValuePair<string, Thing>(
                    i.ToString(CultureInfo.InvariantCulture), maker.Thing())),
            ],
            cancellationToken: ct);
        var things = new Dictionary<string, Thing>();
        await foreach (var document in repository.Query().StreamAsync(ct))
        {
            // As JSON gives it back, which knows no key in upper case.
            document.Value.Scores["Alpha"] = document.Value.Scores["alpha"];
            document.Value.Lists["One"] = document.Value.Lists["one"];
            things[document.Id] = document.Value;
        }

        return things;
    }

    private static async Task<HashSet<string>> IdsAsync(
        IRepository<Thing> repository, Expression<Func<Thing, bool>> predicate, string about, CancellationToken ct)
    {
        try
        {
            var ids = new HashSet<string>();
            await foreach (var document in repository.Query().Where(predicate).StreamAsync(ct))
            {
                ids.Add(document.Id);
            }

            return ids;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException(about, error);
        }
    }

    private static async Task<List<Thing>> ThingsAsync(Query<Thing> query, CancellationToken ct)
    {
        var things = new List<Thing>();
        await foreach (var document in query.StreamAsync(ct))
        {
            things.Add(document.Value);
        }

        return things;
    }
}
