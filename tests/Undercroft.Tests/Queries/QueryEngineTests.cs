using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class QueryEngineTests
{
    private static readonly IndexDefinition ByAuthor = IndexDefinition.On("byAuthor", "author", "score");
    private static readonly IndexDefinition ByScore = IndexDefinition.On("byScore", "-score");
    private static readonly IndexDefinition ByTag = IndexDefinition.On("byTag", "tags");
    private static readonly IndexDefinition BySlug = IndexDefinition.On("bySlug", "slug") with { IsUnique = true };
    private static readonly IndexDefinition[] All = [ByAuthor, ByScore, ByTag, BySlug];

    [Theory]
    [InlineData("""{"where":{"author":"A3"},"order":["score"],"limit":20}""")]
    [InlineData("""{"where":{"author":"A3"},"order":["-score"],"limit":20}""")]
    [InlineData("""{"where":{"score":{"gte":100,"lt":900}},"order":["score"],"limit":20}""")]
    [InlineData("""{"limit":20}""")]
    public async Task A_page_an_index_serves_is_one_call_and_costs_the_same_however_deep(string query)
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(1000, ct);
        var engine = new QueryEngine(store, "docs", All);
        var spec = QuerySpec.Parse(query);

        string? after = null;
        var pages = 0;
        do
        {
            store.Reset();
            var page = await engine.PageAsync(spec with { After = after }, ct);
            after = page.Next;
            pages++;

            Assert.Equal(1, store.Scans + store.Reads);
            Assert.Equal(page.Items.Count, store.Items);
            Assert.Equal(page.Items.Count, page.Examined);
        }
        while (after is not null);

        Assert.True(pages > 4, "The test needs deep pages.");
    }

    [Theory]
    [InlineData("""{"where":{"author":"A3"}}""", """index byAuthor(author, score) within {"author":"A3"}, 1 range, forward""")]
    [InlineData("""{"where":{"author":"A3","score":{"gt":5}},"order":["-score"]}""", """index byAuthor(author, score) within {"author":"A3","score":{"gt":5}}, 1 range, backward; order as found""")]
    [InlineData("""{"where":{"author":{"in":["A1","A2"]}},"order":["score"]}""", """index byAuthor(author, score) within {"author":{"in":["A1","A2"]}}, 2 ranges, forward; order as found""")]
    [InlineData("""{"where":{"author":"A3","title":"x"}}""", """index byAuthor(author, score) within {"author":"A3"}, 1 range, forward; then filter {"title":"x"}""")]
    [InlineData("""{"where":{"title":"x"}}""", """a full scan, forward; then filter {"title":"x"}""")]
    [InlineData("""{"where":{"title":"x"},"order":["title"]}""", """a full scan, forward; then filter {"title":"x"}; order as found""")]
    [InlineData("""{"order":["title"]}""", """all ids, forward; then sort in memory""")]
    [InlineData("""{"order":["-$id"]}""", """all ids, backward; order as found""")]
    [InlineData("""{"where":{"$id":{"in":["a","b"]}}}""", """2 ids, forward""")]
    [InlineData("""{"where":{"$id":{"startsWith":"d1"}}}""", """ids within {"$id":{"startsWith":"d1"}}, forward""")]
    [InlineData("""{"where":{"slug":"s1","author":"A3"}}""", """index unique bySlug(slug) within {"slug":"s1"}, 1 range, forward; then filter {"author":"A3"}""")]
    [InlineData("""{"where":{"or":[{"author":"A1"},{"score":{"gt":990}}]}}""", """index byAuthor(author, score) within {"author":"A1"} and index byScore(-score) within {"score":{"gt":990}}, 2 ranges, forward""")]
    [InlineData("""{"where":{"tags":"t1"}}""", """index byTag(tags) within {"tags":"t1"}, 1 range, forward""")]
    [InlineData("""{"where":{"tags":{"startsWith":"t"}},"order":["tags"]}""", """index byTag(tags) within {"tags":{"startsWith":"t"}}, 1 range, forward; order as found""")]
    [InlineData("""{"where":{"score":{"lt":"x"}}}""", """index byScore(-score) within {"score":{"lt":"x"}}, 1 range, forward""")]
    public void A_plan_is_explained(string query, string expected)
    {
        var plan = new QueryEngine(new MemoryStore(), "docs", All).Explain(QuerySpec.Parse(query));

        Assert.Equal(expected, plan.ToString());
    }

    [Fact]
    public void A_plan_is_data_too()
    {
        var plan = new QueryEngine(new MemoryStore(), "docs", All)
            .Explain(QuerySpec.Parse("""{"where":{"author":"A3","title":"x"},"order":["-score"]}"""));

        Assert.Equal(
            """{"collection":"docs","access":"Index","indexes":["byAuthor(author, score)"],"bounds":[{"author":"A3"}],"ranges":1,"residual":{"title":"x"},"order":"Found","reverse":true}""",
            plan.ToJson());
    }

    [Fact]
    public async Task A_query_that_requires_an_index_runs_with_one_and_is_refused_without()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(10, ct);
        var spec = QuerySpec.Parse("""{"where":{"author":"A3","score":{"gte":1}},"order":["-score"],"requireIndex":true}""");

        var page = await new QueryEngine(store, "docs", All).PageAsync(spec, ct);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await new QueryEngine(store, "docs", []).PageAsync(spec, ct));

        Assert.NotEmpty(page.Items);
        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Equal(
            "No index serves the query on 'docs': found a full scan, forward; then filter " +
            """{"author":"A3","score":{"gte":1}}; then sort in memory. Declare an index over "author", "-score".""",
            error.Message);
    }

    [Fact]
    public async Task A_cursor_serves_only_its_query_unchanged()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(100, ct);
        var engine = new QueryEngine(store, "docs", All);
        var spec = QuerySpec.Parse("""{"where":{"author":"A3"},"order":["score"],"limit":3}""");
        var cursor = (await engine.PageAsync(spec, ct)).Next!;

        await RefusedAsync(spec with { Where = Filter.Equal("author", FieldValue.From("A4")), After = cursor });
        await RefusedAsync(spec with { Order = [IndexField.Parse("-score")], After = cursor });
        await RefusedAsync(spec with { After = "" });
        await RefusedAsync(spec with { After = "no cursor!" });
        await RefusedAsync(spec with { After = new string('A', 100_000) });
        var bytes = Base64Url.DecodeFromChars(cursor);
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            await RefusedAsync(spec with { After = Base64Url.EncodeToString(changed) });
            await RefusedAsync(spec with { After = Base64Url.EncodeToString(bytes.AsSpan(0, at)) });
        }

        // Another page size is the same query.
        Assert.NotEmpty((await engine.PageAsync(spec with { After = cursor, Limit = 5 }, ct)).Items);

        async Task RefusedAsync(QuerySpec wrong) =>
            await Assert.ThrowsAsync<ArgumentException>(async () => await engine.PageAsync(wrong, ct));
    }

    [Fact]
    public async Task A_cursor_goes_on_its_way_when_a_better_index_appears_and_expires_with_its_own()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(100, ct);
        var spec = QuerySpec.Parse("""{"where":{"author":"A3","title":{"startsWith":"t"}},"order":["score"],"limit":4}""");
        var few = new QueryEngine(store, "docs", [ByScore]);
        var more = new QueryEngine(store, "docs", All);
        var none = new QueryEngine(store, "docs", []);

        var first = await few.PageAsync(spec, ct);
        var second = await more.PageAsync(spec with { After = first.Next }, ct);
        var whole = await more.PageAsync(spec with { Limit = 8 }, ct);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await none.PageAsync(spec with { After = first.Next }, ct));

        Assert.Equal(whole.Items.Select(Id), first.Items.Concat(second.Items).Select(Id));
        Assert.Equal(StoreErrorKind.CursorExpired, error.Kind);
    }

    [Fact]
    public async Task A_cursor_of_another_store_has_expired()
    {
        var ct = TestContext.Current.CancellationToken;
        var spec = new QuerySpec { Limit = 3 };
        var cursor = (await new QueryEngine(await FillAsync(10, ct), "docs", All).PageAsync(spec, ct)).Next;
        var other = new QueryEngine(await FillAsync(10, ct), "docs", All);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await other.PageAsync(spec with { After = cursor }, ct));

        Assert.Equal(StoreErrorKind.CursorExpired, error.Kind);
    }

    [Fact]
    public async Task Counts_come_from_keys_alone_where_the_index_decides()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(1000, ct);
        var engine = new QueryEngine(store, "docs", All);

        store.Reset();
        var author = await engine.CountAsync(QuerySpec.Parse("""{"where":{"author":"A3"}}"""), ct);

        Assert.Equal(100, author);
        Assert.All(store.Details, static detail => Assert.Equal(RecordDetail.Keys, detail));

        // Every other document has two tags: such an index alone would count it twice.
        Assert.Equal(500, await engine.CountAsync(QuerySpec.Parse("""{"where":{"tags":{"startsWith":"t"}}}"""), ct));
        Assert.Equal(1000, await engine.CountAsync(new QuerySpec(), ct));
    }

    [Fact]
    public async Task The_least_and_the_greatest_come_from_one_key_of_an_index()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(1000, ct);
        var engine = new QueryEngine(store, "docs", All);
        string[] cases = ["min(score)", "max(score)"];

        foreach (var where in new[] { "{}", """{"author":"A3"}""" })
        {
            foreach (var text in cases)
            {
                var spec = new QuerySpec { Where = Filter.Parse(where) };
                store.Reset();
                var found = await engine.AggregateAsync(spec, [], [Aggregate.Parse(text)], ct);
                Assert.Equal(1, store.Items);

                var plain = await new QueryEngine(store, "docs", []).AggregateAsync(spec, [], [Aggregate.Parse(text)], ct);
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
            var (digits, exponent) = ((BigInteger)random.NextInt64() * (random.Next(2) == 0 ? 1 : -1), random.Next(-30, 30));
            var number = random.Next(3) == 0
                ? random.Next(-5, 1000).ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{digits}e{exponent}");
            total += number.Contains('e', StringComparison.Ordinal)
                ? digits * BigInteger.Pow(10, exponent + 30)
                : BigInteger.Parse(number, CultureInfo.InvariantCulture) * BigInteger.Pow(10, 30);
            count++;
            await PutAsync(store, $"d{i}", $"{{\"n\":[{number},\"x\",null]}}", ct);
        }

        var groups = await new QueryEngine(store, "docs", [])
            .AggregateAsync(new QuerySpec(), [], [Aggregate.Parse("sum(n)"), Aggregate.Parse("avg(n)"), Aggregate.Count], ct);

        var expected = FieldValue.Number(string.Create(CultureInfo.InvariantCulture, $"{total}e-30"));
        Assert.True(expected == groups[0].Values[0], $"seed {seed}: {expected} and {groups[0].Values[0]}");
        Assert.Equal(FieldValue.From((long)count), groups[0].Values[2]);
        var average = BigInteger.Parse(groups[0].Values[1].Text.Split('e')[0].Replace(".", "", StringComparison.Ordinal).TrimStart('0'), CultureInfo.InvariantCulture);
        Assert.StartsWith(BigInteger.Abs(average).ToString(CultureInfo.InvariantCulture)[..20],
            BigInteger.Abs(total * BigInteger.Pow(10, 60) / count).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_beyond_reason_are_not_summed()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = new MemoryStore();
        await PutAsync(store, "big", """{"n":1e999999}""", ct);
        var engine = new QueryEngine(store, "docs", []);

        var error = await Assert.ThrowsAsync<LimitExceededException>(
            async () => await engine.AggregateAsync(new QuerySpec(), [], [Aggregate.Parse("sum(n)")], ct));

        Assert.Contains("'docs/big'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sorts_and_groups_are_bounded()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(50, ct);
        var engine = new QueryEngine(store, "docs", [], new QueryOptions { SortItemsMax = 20, GroupsMax = 20 });
        var sorted = QuerySpec.Parse("""{"order":["-title"]}""");

        var page = await engine.PageAsync(sorted with { Limit = 20 }, ct);
        await Assert.ThrowsAsync<LimitExceededException>(async () => await engine.PageAsync(sorted with { Limit = 21 }, ct));
        await Assert.ThrowsAsync<LimitExceededException>(async () => await DrainAsync(engine, sorted, ct));
        await Assert.ThrowsAsync<LimitExceededException>(
            async () => await engine.AggregateAsync(new QuerySpec(), [IndexField.Parse("title")], [Aggregate.Count], ct));

        Assert.Equal(20, page.Items.Count);
        Assert.Equal(20, await DrainAsync(engine, sorted with { Limit = 20 }, ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.PageAsync(sorted with { Limit = 0 }, ct));
    }

    [Fact]
    public async Task A_join_takes_any_number_of_values_and_never_cuts_a_record_apart()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = new MemoryStore();
        var set = new IndexSet([IndexDefinition.On("byOwner", "owner")]);
        for (var i = 0; i < 1200; i++)
        {
            await PutAsync(store, $"l{i:0000}", $"{{\"refs\":[{i},{i + 1},\"none\"]}}", ct, "left");
            await PutAsync(store, $"r{i:0000}", $"{{\"owner\":{i},\"kind\":{i % 2}}}", ct, "right", set);
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
            found.AddRange(page.Items.Select(static row => $"{Id(row.Left)}:{string.Join(',', row.Rights.Select(Id))}"));
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

    [Fact]
    public async Task A_document_that_is_not_json_is_named()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await FillAsync(3, ct);
        await store.CommitAsync(new Commit(new PutOperation(new RecordKey("docs", "x"), "{\"a\":"u8.ToArray())), ct);
        var engine = new QueryEngine(store, "docs", []);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await engine.CountAsync(QuerySpec.Parse("""{"where":{"a":1}}"""), ct));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.StartsWith("The document 'docs/x' is not JSON at line 1, byte ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_can_be_cancelled()
    {
        var store = await FillAsync(100, TestContext.Current.CancellationToken);
        var engine = new QueryEngine(store, "docs", All);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await engine.PageAsync(new QuerySpec(), source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await engine.CountAsync(new QuerySpec(), source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await engine.PageAsync(QuerySpec.Parse("""{"order":["title"]}"""), source.Token));
    }

    [Fact]
    public async Task Expired_documents_are_judged_by_the_instant_given()
    {
        var ct = TestContext.Current.CancellationToken;
        var at = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var store = new MemoryStore();
        var key = new RecordKey("docs", "x");
        await store.CommitAsync(new Commit(new PutOperation(key, "{}"u8.ToArray()) { ExpiresAt = at }), ct);

        Assert.True(await EngineAt(at.AddTicks(-1)).AnyAsync(new QuerySpec(), ct));
        Assert.False(await EngineAt(at).AnyAsync(new QuerySpec(), ct));

        QueryEngine EngineAt(DateTimeOffset now) => new(store, "docs", [], new QueryOptions { Now = now });
    }

    private static string Id(StoreRecord record) => record.Key.Id;

    private static async Task<int> DrainAsync(QueryEngine engine, QuerySpec spec, CancellationToken ct)
    {
        var count = 0;
        await foreach (var record in engine.StreamAsync(spec, ct))
        {
            Assert.False(record.IsDeleted);
            count++;
        }

        return count;
    }

    private static async Task PutAsync(
        IStore store, string id, string json, CancellationToken ct, string collection = "docs", IndexSet? set = null)
    {
        var (key, bytes) = (new RecordKey(collection, id), Encoding.UTF8.GetBytes(json));
        await store.CommitAsync(new Commit(new PutOperation(key, bytes) { Entries = set?.Compute(key, bytes) ?? [] }), ct);
    }

    private static async Task<CountingStore> FillAsync(int count, CancellationToken ct)
    {
        var store = new CountingStore(new MemoryStore());
        var set = new IndexSet(All);
        for (var i = 0; i < count; i++)
        {
            var tags = i % 2 == 0 ? "[\"t1\",\"t2\"]" : "[]";
            await PutAsync(
                store, $"d{i:0000}", $"{{\"author\":\"A{i % 10}\",\"score\":{i * 7 % 1000},\"title\":\"t{i}\",\"slug\":\"s{i}\",\"tags\":{tags}}}",
                ct, "docs", set);
        }

        return store;
    }
}
