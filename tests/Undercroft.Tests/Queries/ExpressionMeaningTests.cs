using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

/// <summary>What C# says is done, or refused in one sentence; nothing else is done in its place.</summary>
public sealed class ExpressionMeaningTests
{
    private static readonly CollectionDefinition<Thing> Things = new("things", ThingJson.Default.Thing);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [SuppressMessage("Globalization", "CA1309", Justification = "Refused is what is to be shown.")]
    public async Task What_the_json_cannot_say_is_refused_in_one_sentence()
    {
        await using var storage = Sample.Open();
        var query = storage.Repository(Things).Query();
        var (names, text, span) = (new[] { "A" }, "abc", TimeSpan.FromHours(6));
        var folded = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A" };
        var keys = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 };
        object boxed = 3L;
        Expression<Func<Thing, bool>>[] predicates =
        [
            x => x.Tags.Contains("A", StringComparer.OrdinalIgnoreCase),
            x => names.Contains(x.Name, StringComparer.OrdinalIgnoreCase),
            x => folded.Contains(x.Name),
            x => keys.Keys.Contains(x.Name),
            x => x.Tags.Any(t => t.StartsWith("AB", StringComparison.OrdinalIgnoreCase)),
            x => x.Name.Equals("a", StringComparison.OrdinalIgnoreCase),
            x => string.Equals(x.Name, "a", StringComparison.CurrentCulture),
            x => x.Name.Contains("ab", StringComparison.InvariantCulture),
            x => string.Compare(x.Name, "a", true) < 0,
            x => x.Name.ContainsLike("a"),
            x => x.Tags.Contains(null!),
            x => x.Tags.Any(t => t == null),
            x => (int)x.Price == 3,
            x => (byte)x.Count == 44,
            x => (float)x.Ratio < 0.5f,
            x => (double)x.Price > 0.1,
            x => (ulong)x.Big > 3,
            x => x.Big == 9007199254740993.0,
            x => x.Span > span,
            x => x.Span <= TimeSpan.Zero,
            x => x.Genre > Genre.Tale,
            x => x.Serial > 3,
            x => x.Count.Equals(boxed),
            x => x.Owner == text,
            x => x.Ratio > double.PositiveInfinity,
            x => x.Maybe.HasValue == x.Sure,
            x => x.Maybe.HasValue.Equals(true),
        ];

        foreach (var predicate in predicates)
        {
            var error = Record.Exception(() => query.Where(predicate));
            Assert.True(error is NotSupportedException, $"{predicate}: {error}");
            Assert.StartsWith("A query cannot c", error.Message, StringComparison.Ordinal);
        }

        Expression<Func<Thing, object?>>[] unordered =
            [x => x.Span, x => x.Serial, x => x.Genre, x => x.Wild, x => x.Author, x => (int)x.Price];
        Assert.All(unordered, member => Assert.Throws<NotSupportedException>(() => query.OrderBy(member)));
        await Assert.AllAsync(unordered, async member =>
            await Assert.ThrowsAsync<NotSupportedException>(async () => await query.MaxAsync(member, Token)));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await query.SumAsync(x => x.Span, Token));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await query.AverageAsync(x => x.Serial, Token));
        Assert.Throws<NotSupportedException>(() => { _ = query.GroupBy(x => x.Tags); });
        Assert.Throws<NotSupportedException>(() => { _ = query.GroupBy(x => x.Maybe!.Value); });
    }

    [Fact]
    public async Task A_sentence_names_the_conversion_and_what_to_do()
    {
        await using var storage = Sample.Open();
        var query = storage.Repository(Things).Query();

        var narrowed = Assert.Throws<NotSupportedException>(() => query.Where(x => (int)x.Price == 3));
        var order = Assert.Throws<NotSupportedException>(() => query.OrderBy(x => x.Span));

        Assert.Equal(
            "A query cannot contain 'Convert(x.Price, Int32)': it takes members as they are stored, and Decimal to " +
            "Int32 is a conversion that may change the value. Convert the value it is compared with, or compare with " +
            "a range. Rewrite it, or use a Filter or the JSON form.",
            narrowed.Message);
        Assert.Equal(
            "A query cannot contain 'x.Span': it takes an order only of what the JSON orders as .NET does; TimeSpan " +
            "is written as text. Keep a number, such as ticks, compare with ==, or name the path as text to take the " +
            "order of the JSON. Rewrite it, or use a Filter or the JSON form.",
            order.Message);
    }

    [Fact]
    public async Task Captured_values_are_converted_as_csharp_converts_them()
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Things);
        await repository.CreateAsync("a", new Thing { Count = 3, Owner = new Owner("x") }, cancellationToken: Token);
        await repository.CreateAsync("b", new Thing { Count = 44, Level = 44 }, cancellationToken: Token);
        var (real, big, text, missing) = (3.7, 300, " x ", default(int?));
        var at = new DateTime(2024, 5, 1, 10, 0, 0, DateTimeKind.Utc);

        Assert.Equal("a", await IdsAsync(repository.Query().Where(x => x.Count == (int)real)));
        Assert.Equal("b", await IdsAsync(repository.Query().Where(x => x.Count == unchecked((byte)big))));
        Assert.Equal("a", await IdsAsync(repository.Query().Where(x => x.Owner == (Owner)text)));
        Assert.Equal("a b", await IdsAsync(repository.Query().Where(x => x.At < at)));
        var overflow = Assert.Throws<OverflowException>(
            () => repository.Query().Where(x => x.Count == checked((byte)big)));
        Assert.Contains("300 is no Byte", overflow.Message, StringComparison.Ordinal);
        var none = Assert.Throws<InvalidOperationException>(
            () => repository.Query().Where(x => x.Count == (int)missing!));
        Assert.Contains("the value is null", none.Message, StringComparison.Ordinal);
        Assert.Throws<TimeZoneNotFoundException>(() => repository.Query().Where(x => x.Name == Thrower.Value));
    }

    [Fact]
    public async Task A_missing_member_is_in_the_group_of_its_default()
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Things);
        var raw = storage.Repository(new CollectionDefinition<RawJson>("things", RawJson.Codec));
        await repository.CreateAsync("a", new Thing { Price = 2, Maybe = 5 }, cancellationToken: Token);
        await repository.CreateAsync("b", new Thing { Count = 1, Price = 3 }, cancellationToken: Token);
        await raw.CreateAsync("c", RawJson.FromText("""{"price":4}"""), cancellationToken: Token);
        await raw.CreateAsync("d", RawJson.FromText("""{"count":null,"price":6}"""), cancellationToken: Token);

        var averages = await repository.Query().GroupBy(x => x.Count).AverageAsync(x => x.Price, Token);
        var times = await repository.Query().GroupBy(x => x.When).CountAsync(Token);
        var nullable = await repository.Query().GroupBy(x => x.Maybe).CountAsync(Token);

        Assert.Equal([new(0, 4m), new(1, 3m)], averages);
        Assert.Equal([new(default, 4)], times);
        Assert.Equal([new(null, 3), new(5, 1)], nullable);
    }

    [Fact]
    public async Task A_stream_of_joined_documents_ends_where_take_says()
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Things);
        for (var i = 0; i < 250; i++)
        {
            await repository.CreateAsync($"{i:000}", new Thing { Name = $"{i % 2}" }, cancellationToken: Token);
        }

        await repository.CreateAsync("0", new Thing { Name = "x" }, cancellationToken: Token);
        var joined = repository.Query().OrderBy("$id").Take(103).Join(repository.Query(), x => x.Name);

        Assert.Equal(103, await CountAsync(joined.StreamAsync(Token)));
        Assert.Equal(103, await CountAsync(joined.KeepUnmatched().StreamAsync(Token)));
        Assert.Equal(
            125, await CountAsync(repository.Query().Join(repository.Query(), x => x.Name).StreamAsync(Token)));

        // 200 of the first 250 would be joined to 125 each, more than one page takes.
        var many = repository.Query().Take(220)
            .Join(repository.Query(), static x => x.Name, static x => x.Name)
            .StreamAsync(Token);
        Assert.Equal(220, await CountAsync(many));
    }

    [Fact]
    public async Task Times_are_joined_by_their_instant()
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Things);
        var at = new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);
        await repository.CreateAsync("a", new Thing { At = at }, cancellationToken: Token);
        await repository.CreateAsync(
            "b", new Thing { At = at.ToOffset(TimeSpan.FromHours(2)) }, cancellationToken: Token);
        await repository.CreateAsync("c", new Thing { At = at.AddHours(2) }, cancellationToken: Token);

        var page = await repository.Query().OrderBy("$id")
            .Join(repository.Query(), static x => x.At, static x => x.At)
            .ToPageAsync(Token);

        Assert.Equal(
            ["a b", "a b", "c"],
            page.Items.Select(static row => string.Join(' ', row.Rights.Select(static right => right.Id))));
    }

    [Fact]
    public async Task A_stream_that_its_reader_leaves_is_counted_and_reported()
    {
        await using var storage = new Undercroft.Storage(
            new MemoryStore(),
            new StorageOptions { SlowQueryThreshold = TimeSpan.Zero, SweepInterval = Timeout.InfiniteTimeSpan });
        var repository = storage.Repository(Things);
        await repository.CreateAsync("a", new Thing(), cancellationToken: Token);
        await repository.CreateAsync("b", new Thing(), cancellationToken: Token);
        var reports = new List<SlowQueryEvent>();
        using var subscription = storage.Events.OnSlowQuery(reports.Add);

        await foreach (var document in repository.Query().Where(static x => x.Count == 0).StreamAsync(Token))
        {
            Assert.Equal("a", document.Id);
            break;
        }

        var counted = storage.Statistics.Operations[StorageOperation.Query];
        Assert.Equal((1, 0, 1), (counted.Count, counted.Failures, counted.Documents));
        Assert.Equal(
            """{"where":{"count":0}}: a full scan, forward; then filter {"count":0}""", Assert.Single(reports).Plan);
    }

    [Fact]
    public async Task What_no_member_takes_lies_beside_the_members()
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Things);
        var raw = storage.Repository(new CollectionDefinition<RawJson>("things", RawJson.Codec));
        await raw.CreateAsync("a", RawJson.FromText("""{"Color":"red"}"""), cancellationToken: Token);
        await raw.CreateAsync("b", RawJson.FromText("""{"color":"red"}"""), cancellationToken: Token);

        var path = repository.Query().GroupBy(static x => x.Rest!["Color"]);

        Assert.Equal(["", "red"], (await path.CountAsync(Token)).Select(static pair => pair.Key.ToString()));
        Assert.Throws<NotSupportedException>(() => repository.Query().Where(static x => x.Rest == null));
    }

    [Fact]
    public void An_index_over_what_the_json_has_not_is_refused_naming_what_it_has()
    {
        var cased = Assert.Throws<ArgumentException>(() => Sample.Books.WithUnique("byTitle", "Title"));
        var inner = Assert.Throws<ArgumentException>(() => Things.WithIndex("byAge", "author.years"));
        var plain = Assert.Throws<ArgumentException>(() => Sample.Books.WithIndex("byLength", "title.length"));

        Assert.StartsWith(
            "The index 'byTitle' of 'books' is over 'Title', and the JSON of Book has no 'Title'. Write 'title', or " +
            "name the member by an expression.",
            cased.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The index 'byAge' of 'things' is over 'author.years', and the JSON of Person has no 'years'. It has " +
            "'name', 'age'. Name one of them.",
            inner.Message, StringComparison.Ordinal);
        Assert.Contains("the JSON of String has no 'length'", plain.Message, StringComparison.Ordinal);
        _ = new CollectionDefinition<Article>("articles", ArticleJson.Default.Article)
            .WithIndex("byWords", "words_total", "-notes.stars", "extra.any");
    }

    [Fact]
    public void An_index_over_members_is_the_one_over_their_paths()
    {
        var index = Assert.Single(Things.WithUnique("u", static x => x.Author!.Age, static x => x.At).Indexes);

        Assert.Equal("unique u(author.age, at:time)", index.ToString());
        Assert.Throws<NotSupportedException>(() => Things.WithIndex("u", static x => x.Name.Length));
    }

    private static async Task<string> IdsAsync(Query<Thing> query)
    {
        var ids = new List<string>();
        await foreach (var document in query.OrderBy("$id").StreamAsync(Token))
        {
            ids.Add(document.Id);
        }

        return string.Join(' ', ids);
    }

    private static async Task<int> CountAsync<TItem>(IAsyncEnumerable<TItem> items)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }
}

internal static class Thrower
{
    public static string Value => throw new TimeZoneNotFoundException();

    public static bool ContainsLike(this string text, string part) =>
        text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
