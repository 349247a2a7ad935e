using System.Linq.Expressions;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class TypedQueryTests
{
    private static readonly DateTimeOffset Day = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["Ann", "Bob"];

    private static readonly CollectionDefinition<Article> Articles =
        new CollectionDefinition<Article>("articles", ArticleJson.Default.Article)
            .WithIndex("byAuthor", "author.name", "-words_total")
            .WithIndex("byTime", "publishedAt:time")
            .WithIndex("byLabel", "labels")
            .WithIndex("byGenre", "genre", "tone");

    public static TheoryData<string> Cases => [.. Predicates.Keys];

    private static Dictionary<string, (Expression<Func<Article, bool>> Predicate, string Json)> Predicates { get; } = MakePredicates();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_predicate_means_in_the_store_what_it_means_in_memory(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var (predicate, json) = Predicates[name];
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);

        var query = repository.Query().Where(predicate).Take(7);

        Assert.Equal(json, query.Spec.Where.ToString());
        Assert.Equal(query.Spec.Where, Filter.Parse(json));
        var found = new List<string>();
        await foreach (var document in repository.Query().Where(predicate).StreamAsync(ct))
        {
            found.Add(document.Value.Title);
        }

        var expected = All().Where(predicate.Compile()).Select(static article => article.Title).Order(StringComparer.Ordinal);
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
        Assert.NotEmpty(found);
        Assert.Equal(found.Count, await repository.Query().Where(predicate).CountAsync(ct));
    }

    [Fact]
    public async Task Conditions_on_one_member_bound_one_range_across_calls_too()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);

        var query = repository.Query()
            .Where(static a => a.Author!.Name == "Ann" && a.Words >= 100)
            .Where(static a => a.Words < 900)
            .OrderByDescending(static a => a.Words)
            .RequireIndex();
        var plan = await query.ExplainAsync(ct);
        var page = await query.ToPageAsync(ct);

        Assert.Equal(
            "index byAuthor(author.name, -words_total) within " +
            """{"author.name":"Ann","words_total":{"gte":100,"lt":900}}, 1 range, forward; order as found""",
            plan.ToString());
        Assert.Null(plan.Residual);
        Assert.Equal(
            All().Where(static a => a.Author?.Name == "Ann" && a.Words is >= 100 and < 900).OrderByDescending(static a => a.Words)
                .Select(static a => a.Words),
            page.Items.Select(static d => d.Value.Words));
    }

    [Fact]
    public async Task Conditions_on_elements_are_not_joined()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = storage.Repository(Articles);
        await repository.CreateAsync("a", new Article { Ranks = [1, 9] }, cancellationToken: ct);

        var apart = repository.Query().Where(static a => a.Ranks.Any(r => r < 5)).Where(static a => a.Ranks.Any(r => r > 5));
        var together = repository.Query().Where(static a => a.Ranks.Any(r => r > 2 && r < 8));

        Assert.True(await apart.AnyAsync(ct));
        Assert.False(await together.AnyAsync(ct));
    }

    [Fact]
    public async Task Pages_go_on_through_the_order_without_gaps()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);
        var query = repository.Query().OrderByDescending(static a => a.PublishedAt).ThenBy(static a => a.Title).Take(7);

        var titles = new List<string>();
        string? next = null;
        do
        {
            var page = await query.After(next).ToPageAsync(ct);
            titles.AddRange(page.Items.Select(static d => d.Value.Title));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(
            All().OrderByDescending(static a => a.PublishedAt).ThenBy(static a => a.Title, StringComparer.Ordinal).Select(static a => a.Title),
            titles);
    }

    [Fact]
    public async Task Aggregates_are_exact()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);
        var all = All();

        Assert.Equal(all.Sum(static a => a.Price), await repository.Query().SumAsync(static a => a.Price, ct));
        Assert.Equal(all.Average(static a => a.Price), await repository.Query().AverageAsync(static a => a.Price, ct));
        Assert.Equal(all.Min(static a => a.PublishedAt), await repository.Query().MinAsync(static a => a.PublishedAt, ct));
        Assert.Equal(all.Max(static a => a.PublishedAt), await repository.Query().MaxAsync(static a => a.PublishedAt, ct));
        Assert.Equal(all.Max(static a => a.Author?.Age), await repository.Query().MaxAsync(static a => a.Author!.Age, ct));
        Assert.Equal(
            all.Where(static a => a.Author?.Name == "Bob").Max(static a => a.Words),
            await repository.Query().Where(static a => a.Author!.Name == "Bob").MaxAsync(static a => a.Words, ct));
        Assert.Null(await repository.Query().Where(static a => a.Words > 10_000).MaxAsync(static a => (int?)a.Words, ct));
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await repository.Query().Where(static a => a.Words > 10_000).MaxAsync(static a => a.Words, ct));
    }

    [Fact]
    public async Task Groups_come_by_their_keys()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);

        var counts = await repository.Query().GroupBy(static a => a.Author!.Name).CountAsync(ct);
        var sums = await repository.Query().GroupBy(static a => a.Tone).SumAsync(static a => a.Words, ct);
        var labels = await repository.Query().AggregateAsync(["labels"], [Aggregate.Count, Aggregate.Parse("max(words_total)")], ct);

        Assert.Equal(
            All().GroupBy(static a => a.Author?.Name).OrderBy(static g => g.Key, StringComparer.Ordinal)
                .Select(static g => new KeyValuePair<string?, long>(g.Key, g.Count())),
            counts);
        Assert.Equal(
            All().GroupBy(static a => a.Tone).OrderBy(static g => g.Key.ToString(), StringComparer.Ordinal)
                .Select(static g => new KeyValuePair<Mood, decimal>(g.Key, g.Sum(static a => a.Words))),
            sums);
        Assert.Equal(FieldValue.From("even"), labels[1].Key[0]);
        Assert.Equal(FieldValue.From((long)All().Count(static a => a.Labels.Contains("even"))), labels[1].Values[0]);
    }

    [Fact]
    public async Task Documents_are_joined_by_id_and_by_value_page_by_page()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var articles = await FillAsync(storage, ct);
        var books = storage.Repository(Sample.IndexedBooks);
        await books.CreateManyAsync(
            [.. Enumerable.Range(0, 6).Select(static i => new KeyValuePair<string, Book>($"b{i}", new Book($"B{i}", i < 4 ? "Ann" : "Cid", i)))],
            cancellationToken: ct);
        await books.CreateAsync("Ann", new Book("Her own", "x", 1), cancellationToken: ct);

        var byValue = articles.Query().OrderBy("$id").Take(3)
            .Join(books.Query().Where(static b => b.Score > 0), static a => a.Author!.Name, static b => b.Author);
        var byId = articles.Query().OrderBy("$id").Take(4).Join(books.Query(), static a => a.Author!.Name).KeepUnmatched();
        var joined = new List<(string Title, string Rights)>();
        await foreach (var row in byValue.StreamAsync(ct))
        {
            joined.Add((row.Left.Value.Title, string.Join(' ', row.Rights.Select(static r => r.Id))));
        }

        var first = await byId.ToPageAsync(ct);

        Assert.Equal(
            All().Where(static a => a.Author?.Name is "Ann" or "Cid")
                .Select(static a => (a.Title, a.Author!.Name == "Ann" ? "b1 b2 b3" : "b4 b5")),
            joined);
        Assert.Equal(4, first.Items.Count);
        Assert.NotNull(first.Next);
        Assert.All(first.Items, static row => Assert.Equal(row.Left.Value.Author?.Name == "Ann" ? 1 : 0, row.Rights.Count));
    }

    [Fact]
    public async Task A_transaction_queries_its_own_writes()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var outside = await FillAsync(storage, ct);

        await storage.TransactionAsync(
            async tx =>
            {
                var repository = tx.Repository(Articles);
                var ann = repository.Query().Where(static a => a.Author!.Name == "Ann");
                var before = await ann.CountAsync(ct);
                await repository.CreateAsync("new", new Article { Title = "new", Author = new Person("Ann") }, cancellationToken: ct);
                Assert.True(await repository.DeleteAsync((await ann.FirstOrDefaultAsync(ct))!.Id, cancellationToken: ct));

                Assert.Equal(before, await ann.CountAsync(ct));
                Assert.Contains("new", (await ann.ToPageAsync(ct)).Items.Select(static d => d.Id));
            },
            cancellationToken: ct);

        Assert.Equal("new", (await outside.Query().Where(static a => a.Title == "new").FirstOrDefaultAsync(ct))!.Id);
    }

    [Fact]
    public async Task Tags_are_queried_through_their_index()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);

        var any = repository.Query().WithAnyTag("t0", "t1").RequireIndex();
        var all = repository.Query().WithAllTags("t0", "both").RequireIndex();

        Assert.Equal(All().Count(static a => a.Words % 3 < 2), await any.CountAsync(ct));
        Assert.Equal(All().Count(static a => a.Words % 3 == 0), await all.CountAsync(ct));
        Assert.Equal(await all.CountAsync(ct), await repository.Query().WithTag("t0").CountAsync(ct));
    }

    [Fact]
    public async Task Slow_queries_are_reported_with_their_plan()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = new Undercroft.Storage(
            new MemoryStore(), new StorageOptions { SlowQueryThreshold = TimeSpan.Zero, SweepInterval = Timeout.InfiniteTimeSpan });
        var reports = new List<SlowQueryEvent>();
        using var subscription = storage.Events.OnSlowQuery(reports.Add);

        _ = await storage.Repository(Articles).Query().Where(static a => a.IsDraft).CountAsync(ct);

        Assert.Equal("""{"where":{"isDraft":true}}: a full scan, forward; then filter {"isDraft":true}""", Assert.Single(reports).Plan);
    }

    [Fact]
    public async Task What_cannot_be_said_is_refused_in_one_sentence()
    {
        await using var storage = Sample.Open();
        var query = storage.Repository(Articles).Query();

        Expression<Func<Article, bool>>[] predicates =
        [
            static a => a.Title.Length > 3,
            static a => a.Title == a.Author!.Name,
            static a => a.Title.EndsWith('x'),
            static a => a.Hidden == "x",
            static a => a.Title.StartsWith("xy", StringComparison.OrdinalIgnoreCase),
            static a => a.Labels.Any(l => l != "x"),
            static a => a.Words + 1 > 3,
            static a => a.Author == new Person("Ann", null),
        ];

        foreach (var predicate in predicates)
        {
            var error = Assert.Throws<NotSupportedException>(() => query.Where(predicate));
            Assert.StartsWith("A query cannot c", error.Message, StringComparison.Ordinal);
        }

        var shown = Assert.Throws<NotSupportedException>(() => query.Where(static a => a.Title.Length > 3));
        Assert.Equal(
            "A query cannot contain 'a.Title.Length': it takes members that the JSON of String has; 'Length' is not among " +
            "them. Rewrite it, or use a Filter or the JSON form.",
            shown.Message);
    }

    [Fact]
    public async Task A_missing_index_is_named_with_what_to_declare()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var query = storage.Repository(Articles).Query()
            .Where(static a => a.IsDraft && a.Price > 3).OrderByDescending(static a => a.PublishedAt).RequireIndex();

        var error = await Assert.ThrowsAsync<StoreException>(async () => await query.ToPageAsync(ct));

        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Contains("""Declare an index over "isDraft", "-publishedAt:time".""", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, (Expression<Func<Article, bool>> Predicate, string Json)> MakePredicates()
    {
        var names = new List<string> { "Ann", "Cid" };
        var since = Day.AddDays(3).ToOffset(TimeSpan.FromHours(5));
        var key = KeyOf(4);
        Mood? mood = Mood.Sad;
        var limit = 300;
        return new(StringComparer.Ordinal)
        {
            ["equal"] = (a => a.Title == "t03", """{"title":"t03"}"""),
            ["mirrored"] = (a => 5 < a.Words, """{"words_total":{"gt":5}}"""),
            ["range"] = (a => a.Words >= 20 && a.Words < 400, """{"words_total":{"gte":20,"lt":400}}"""),
            ["or"] = (a => a.Words < 20 || a.Title == "t30", """{"or":[{"words_total":{"lt":20}},{"title":"t30"}]}"""),
            ["not"] = (a => !(a.Words < 400), """{"not":{"words_total":{"lt":400}}}"""),
            ["different"] = (a => a.Title != "t03", """{"title":{"ne":"t03"}}"""),
            ["nested"] = (a => a.Author!.Age > 31, """{"author.age":{"gt":31}}"""),
            ["null"] = (a => a.Other == null, """{"other":null}"""),
            ["not null"] = (a => a.Author != null, """{"author":{"ne":null}}"""),
            ["has value"] = (a => a.Author != null && a.Author.Age.HasValue, """{"author":{"ne":null},"author.age":{"ne":null}}"""),
            ["bool"] = (a => a.IsDraft, """{"isDraft":true}"""),
            ["not bool"] = (a => !a.IsDraft, """{"isDraft":{"ne":true}}"""),
            ["enum as number"] = (a => a.Mood == Mood.Wild, """{"mood":1}"""),
            ["enum as text by property"] = (a => a.Tone == Mood.Wild, """{"tone":"Wild"}"""),
            ["enum as text by type"] = (a => a.Genre == Genre.Poem, """{"genre":"Poem"}"""),
            ["nullable enum"] = (a => a.Other == Genre.Poem, """{"other":"Poem"}"""),
            ["captured nullable enum"] = (a => a.Mood == mood, """{"mood":2}"""),
            ["enum list"] = (a => new[] { Mood.Wild, Mood.Sad }.Contains(a.Tone), """{"tone":{"in":["Wild","Sad"]}}"""),
            ["time"] = (a => a.PublishedAt >= since, """{"publishedAt":{"gte":{"$time":"2024-05-04T10:00:00Z"}}}"""),
            ["decimal"] = (a => a.Price <= 1.10m, """{"price":{"lte":1.10}}"""),
            ["double"] = (a => a.Ratio > 0.25, """{"ratio":{"gt":0.25}}"""),
            ["byte"] = (a => a.Level < limit, """{"level":{"lt":300}}"""),
            ["guid"] = (a => a.Key == key, $$"""{"key":"{{key}}"}"""),
            ["list contains member"] = (a => names.Contains(a.Author!.Name), """{"author.name":{"in":["Ann","Cid"]}}"""),
            ["array contains member"] = (a => Names.Contains(a.Author!.Name), """{"author.name":{"in":["Ann","Bob"]}}"""),
            ["collection contains"] = (a => a.Labels.Contains("even"), """{"labels":"even"}"""),
            ["array member contains"] = (a => a.Ranks.Contains(3), """{"ranks":3}"""),
            ["any"] = (a => a.Notes.Any(n => n.Stars > 2 && n.Text == "good"), """{"notes":{"any":{"stars":{"gt":2},"text":"good"}}}"""),
            ["any of one condition"] = (a => a.Notes.Any(n => n.Stars == 4), """{"notes.stars":4}"""),
            ["any plain"] = (a => a.Ranks.Any(r => r > 2 && r < 5), """{"ranks":{"gt":2,"lt":5}}"""),
            ["any at all"] = (a => a.Labels.Any(), """{"labels":{"ne":null}}"""),
            ["starts"] = (a => a.Title.StartsWith("t1"), """{"title":{"startsWith":"t1"}}"""),
            ["contains"] = (a => a.Title.Contains("t2", StringComparison.Ordinal), """{"title":{"contains":"t2"}}"""),
            ["compare"] = (a => string.Compare(a.Title, "t20", StringComparison.Ordinal) > 0, """{"title":{"gt":"t20"}}"""),
            ["equals"] = (a => a.Title.Equals("t07"), """{"title":"t07"}"""),
            ["empty"] = (a => string.IsNullOrEmpty(a.Author!.Name), """{"author.name":{"in":[null,""]}}"""),
            ["dictionary"] = (a => a.Extra["k.1"] == "v1", """{"extra.k\\.1":"v1"}"""),
            ["everything"] = (a => true, "{}"),
        };
    }

    private static List<Article> All() => [.. Enumerable.Range(0, 40).Select(static i => new Article
    {
        Title = $"t{i:00}",
        Words = i * 25,
        Author = (i % 4) switch { 0 => new Person("Ann", 30 + i), 1 => new Person("Bob"), 2 => new Person("", 12), _ => new Person("Cid", i) },
        Mood = (Mood)(i % 3),
        Tone = (Mood)((i + 1) % 3),
        Genre = (Genre)(i % 2),
        Other = i % 5 == 0 ? null : (Genre)(i % 2),
        IsDraft = i % 6 == 0,
        PublishedAt = Day.AddHours(i * 7).ToOffset(TimeSpan.FromHours((i % 5) - 2)),
        Price = i * 0.11m,
        Ratio = i / 16.0,
        Level = (byte)i,
        Key = KeyOf(i),
        Labels = i % 2 == 0 ? ["even", "x"] : i % 3 == 0 ? [] : ["odd"],
        Ranks = [i % 4, i % 7],
        Notes = [new Note("good", i % 5), new Note("bad", 4 - (i % 5))],
        Extra = new Dictionary<string, string> { ["k.1"] = $"v{i % 4}" },
    })];

    private static Guid KeyOf(int i) => new(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    private static async Task<IRepository<Article>> FillAsync(Undercroft.Storage storage, CancellationToken ct)
    {
        var repository = storage.Repository(Articles);
        foreach (var article in All())
        {
            await repository.CreateAsync(
                article.Title, article, new WriteOptions { Tags = [$"t{article.Words % 3}", "both"] }, ct);
        }

        return repository;
    }
}
