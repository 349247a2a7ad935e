using System.Globalization;
using System.Text;
using Undercroft.Indexes;
using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class QueryEngineTests
{
    [Theory]
    [InlineData("""{"where":{"author":"A3"},"order":["score"],"limit":20}""")]
    [InlineData("""{"where":{"author":"A3"},"order":["-score"],"limit":20}""")]
    [InlineData("""{"where":{"score":{"gte":100,"lt":900}},"order":["score"],"limit":20}""")]
    [InlineData("""{"limit":20}""")]
    public async Task A_page_an_index_serves_is_one_call_and_costs_the_same_however_deep(string query)
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(1000, ct);
        var engine = new QueryEngine(store, "docs", QueryWorld.All);
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

    [Fact]
    public async Task Counts_come_from_keys_alone_where_the_index_decides()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(1000, ct);
        var engine = new QueryEngine(store, "docs", QueryWorld.All);

        store.Reset();
        var author = await engine.CountAsync(QuerySpec.Parse("""{"where":{"author":"A3"}}"""), ct);

        Assert.Equal(100, author);
        Assert.All(store.Details, static detail => Assert.Equal(RecordDetail.Keys, detail));

        // Every other document has two tags: such an index alone would count it twice.
        Assert.Equal(500, await engine.CountAsync(QuerySpec.Parse("""{"where":{"tags":{"startsWith":"t"}}}"""), ct));
        Assert.Equal(1000, await engine.CountAsync(new QuerySpec(), ct));
    }

    [Fact]
    public async Task Sorts_and_groups_are_bounded()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(50, ct);
        var engine = new QueryEngine(store, "docs", [], new QueryOptions { SortItemsMax = 20, GroupsMax = 20 });
        var sorted = QuerySpec.Parse("""{"order":["-title"]}""");

        var page = await engine.PageAsync(sorted with { Limit = 20 }, ct);
        await Assert.ThrowsAsync<LimitExceededException>(
            async () => await engine.PageAsync(sorted with { Limit = 21 }, ct));
        await Assert.ThrowsAsync<LimitExceededException>(async () => await DrainAsync(engine, sorted, ct));
        await Assert.ThrowsAsync<LimitExceededException>(
            async () =>
                await engine.AggregateAsync(new QuerySpec(), [IndexField.Parse("title")], [Aggregate.Count], ct));

        Assert.Equal(20, page.Items.Count);
        Assert.Equal(20, await DrainAsync(engine, sorted with { Limit = 20 }, ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.PageAsync(sorted with { Limit = 0 }, ct));
    }

    [Fact]
    public async Task A_document_that_is_not_json_is_named()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(3, ct);
        await store.CommitAsync(new Commit(new PutOperation(new RecordKey("docs", "x"), "{\"a\":"u8.ToArray())), ct);
        var engine = new QueryEngine(store, "docs", []);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await engine.CountAsync(QuerySpec.Parse("""{"where":{"a":1}}"""), ct));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.StartsWith(
            "The document 'docs/x' is not JSON at line 1, byte ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}", "\uFFFD")]
    [InlineData("{\"a\":\"x\\n\\u0041\\udc00\\/\"}", "x\nA\uFFFD/")]
    [InlineData("{\"\\ud800\":0,\"\\u0061\":\"y\"}", "y")]
    [InlineData("{\"b\\udc00\":1,\"a\":\"z\",\"c\":\"\\ud800\"}", "z")]
    public async Task A_text_that_is_no_unicode_hides_nothing_from_a_query(string document, string seen)
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(3, ct);
        await store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("docs", "x"), Encoding.UTF8.GetBytes(document))), ct);
        var engine = new QueryEngine(store, "docs", []);

        var all = await engine.CountAsync(QuerySpec.Parse("""{"order":["a"]}"""), ct);
        var found = await engine.PageAsync(
            QuerySpec.Parse("""{"order":["a"]}""") with { Where = Filter.Equal("a", FieldValue.From(seen)) }, ct);

        Assert.Equal(4, all);
        Assert.Equal("x", Assert.Single(found.Items).Key.Id);
    }

    [Fact]
    public async Task Texts_of_any_length_are_sorted_page_by_page()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = new MemoryStore();
        var expected = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            // Ten differ at their beginning, ten only far behind it: those come by id.
            var title = (i < 10 ? $"{9 - i}" : "x") + new string('y', 100_000) + i.ToString(
                CultureInfo.InvariantCulture);
            await QueryWorld.PutAsync(store, $"d{i:00}", $"{{\"title\":\"{title}\"}}", ct);
            expected.Add(i < 10 ? $"d{9 - i:00}" : $"d{i:00}");
        }

        var engine = new QueryEngine(store, "docs", []);
        var found = new List<string>();
        string? after = null;
        do
        {
            var page = await engine.PageAsync(
                QuerySpec.Parse("""{"order":["title"],"limit":3}""") with { After = after }, ct);
            found.AddRange(page.Items.Select(QueryWorld.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task A_query_can_be_cancelled()
    {
        var store = await QueryWorld.FillAsync(100, TestContext.Current.CancellationToken);
        var engine = new QueryEngine(store, "docs", QueryWorld.All);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await engine.PageAsync(new QuerySpec(), source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await engine.CountAsync(new QuerySpec(), source.Token));
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
}
