using System.Linq.Expressions;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class TypedQueryTests
{

    private static readonly CollectionDefinition<Article> Articles =
        new CollectionDefinition<Article>("articles", ArticleJson.Default.Article)
            .WithIndex("byAuthor", "author.name", "-words_total")
            .WithIndex("byTime", "publishedAt:time")
            .WithIndex("byLabel", "labels")
            .WithIndex("byGenre", "genre", "tone");

    public static TheoryData<string> Cases => [.. TypedPredicates.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_predicate_means_in_the_store_what_it_means_in_memory(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var (predicate, json) = TypedPredicates.All[name];
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

        var expected = TypedPredicates.Articles().Where(predicate.Compile()).Select(static article => article.Title)
            .Order(StringComparer.Ordinal);
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
            TypedPredicates.Articles().Where(static a => a.Author?.Name == "Ann" && a.Words is >= 100 and < 900)
                .OrderByDescending(static a => a.Words)
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

        var apart = repository.Query().Where(static a => a.Ranks.Any(r => r < 5))
            .Where(static a => a.Ranks.Any(r => r > 5));
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
            TypedPredicates.Articles().OrderByDescending(static a => a.PublishedAt)
                .ThenBy(static a => a.Title, StringComparer.Ordinal)
                .Select(static a => a.Title),
            titles);
    }

    [Fact]
    public async Task Aggregates_are_exact()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var repository = await FillAsync(storage, ct);
        var all = TypedPredicates.Articles();

        Assert.Equal(all.Sum(static a => a.Price), await repository.Query().SumAsync(static a => a.Price, ct));
        Assert.Equal(all.Average(static a => a.Price), await repository.Query().AverageAsync(static a => a.Price, ct));
        Assert.Equal(
            all.Min(static a => a.PublishedAt), await repository.Query().MinAsync(static a => a.PublishedAt, ct));
        Assert.Equal(
            all.Max(static a => a.PublishedAt), await repository.Query().MaxAsync(static a => a.PublishedAt, ct));
        Assert.Equal(
            all.Max(static a => a.Author?.Age), await repository.Query().MaxAsync(static a => a.Author!.Age, ct));
        Assert.Equal(
            all.Where(static a => a.Author?.Name == "Bob").Max(static a => a.Words),
            await repository.Query().Where(static a => a.Author!.Name == "Bob").MaxAsync(static a => a.Words, ct));
        Assert.Null(
            await repository.Query().Where(static a => a.Words > 10_000).MaxAsync(static a => (int?)a.Words, ct));
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
        var labels = await repository.Query()
            .AggregateAsync(["labels"], [Aggregate.Count, Aggregate.Parse("max(words_total)")], ct);

        Assert.Equal(
            TypedPredicates.Articles().GroupBy(static a => a.Author?.Name)
                .OrderBy(static g => g.Key, StringComparer.Ordinal)
                .Select(static g => new KeyValuePair<string?, long>(g.Key, g.Count())),
            counts);
        Assert.Equal(
            TypedPredicates.Articles().GroupBy(static a => a.Tone)
                .OrderBy(static g => g.Key.ToString(), StringComparer.Ordinal)
                .Select(static g => new KeyValuePair<Mood, decimal>(g.Key, g.Sum(static a => a.Words))),
            sums);
        Assert.Equal(FieldValue.From("even"), labels[1].Key[0]);
        Assert.Equal(
            FieldValue.From((long)TypedPredicates.Articles().Count(static a => a.Labels.Contains("even"))),
            labels[1].Values[0]);
    }

    [Fact]
    public async Task Documents_are_joined_by_id_and_by_value_page_by_page()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = Sample.Open();
        var articles = await FillAsync(storage, ct);
        var books = storage.Repository(Sample.IndexedBooks);
        await books.CreateManyAsync(
            [
                .. Enumerable.Range(0, 6).Select(static i =>
                    new KeyValuePair<string, Book>($"b{i}", new Book($"B{i}", i < 4 ? "Ann" : "Cid", i))),
            ],
            cancellationToken: ct);
        await books.CreateAsync("Ann", new Book("Her own", "x", 1), cancellationToken: ct);

        var byValue = articles.Query().OrderBy("$id")
            .Join(books.Query().Where(static b => b.Score > 0), static a => a.Author!.Name, static b => b.Author);
        var byId = articles.Query().OrderBy("$id").Take(4).Join(books.Query(), static a => a.Author!.Name)
            .KeepUnmatched();
        var joined = new List<(string Title, string Rights)>();
        await foreach (var row in byValue.StreamAsync(ct))
        {
            joined.Add((row.Left.Value.Title, string.Join(' ', row.Rights.Select(static r => r.Id))));
        }

        var first = await byId.ToPageAsync(ct);

        Assert.Equal(
            TypedPredicates.Articles().Where(static a => a.Author?.Name is "Ann" or "Cid")
                .Select(static a => (a.Title, a.Author!.Name == "Ann" ? "b1 b2 b3" : "b4 b5")),
            joined);
        Assert.Equal(4, first.Items.Count);
        Assert.NotNull(first.Next);
        Assert.All(
            first.Items, static row => Assert.Equal(row.Left.Value.Author?.Name == "Ann" ? 1 : 0, row.Rights.Count));
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
                await repository.CreateAsync(
                    "new", new Article { Title = "new", Author = new Person("Ann") }, cancellationToken: ct);
                Assert.True(
                    await repository.DeleteAsync((await ann.FirstOrDefaultAsync(ct))!.Id, cancellationToken: ct));

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

        Assert.Equal(TypedPredicates.Articles().Count(static a => a.Words % 3 < 2), await any.CountAsync(ct));
        Assert.Equal(TypedPredicates.Articles().Count(static a => a.Words % 3 == 0), await all.CountAsync(ct));
        Assert.Equal(await all.CountAsync(ct), await repository.Query().WithTag("t0").CountAsync(ct));
    }

    [Fact]
    public async Task Slow_queries_are_reported_with_their_plan()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var storage = new Undercroft.Storage(
            new MemoryStore(),
            new StorageOptions { SlowQueryThreshold = TimeSpan.Zero, SweepInterval = Timeout.InfiniteTimeSpan });
        var reports = new List<SlowQueryEvent>();
        using var subscription = storage.Events.OnSlowQuery(reports.Add);

        _ = await storage.Repository(Articles).Query().Where(static a => a.IsDraft).CountAsync(ct);

        Assert.Equal(
            """{"where":{"isDraft":true}}: a full scan, forward; then filter {"isDraft":true}""",
            Assert.Single(reports).Plan);
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
            "A query cannot contain 'a.Title.Length': it takes members that the JSON of String has; 'Length' is not " +
            "among them. Rewrite it, or use a Filter or the JSON form.",
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
        Assert.Contains(
            """Declare an index over "isDraft", "-publishedAt:time".""", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IRepository<Article>> FillAsync(Undercroft.Storage storage, CancellationToken ct)
    {
        var repository = storage.Repository(Articles);
        foreach (var article in TypedPredicates.Articles())
        {
            await repository.CreateAsync(
                article.Title, article, new WriteOptions { Tags = [$"t{article.Words % 3}", "both"] }, ct);
        }

        return repository;
    }
}
