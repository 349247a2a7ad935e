using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

public sealed class QueryPlanTests
{
    [Theory]
    [InlineData(
        """{"where":{"author":"A3"}}""",
        """index byAuthor(author, score) within {"author":"A3"}, 1 range, forward""")]
    [InlineData(
        """{"where":{"author":"A3","score":{"gt":5}},"order":["-score"]}""",
        """index byAuthor(author, score) within {"author":"A3","score":{"gt":5}}, 1 range, backward; order as """ +
            """found""")]
    [InlineData(
        """{"where":{"author":{"in":["A1","A2"]}},"order":["score"]}""",
        """index byAuthor(author, score) within {"author":{"in":["A1","A2"]}}, 2 ranges, forward; order as found""")]
    [InlineData(
        """{"where":{"author":"A3","title":"x"}}""",
        """index byAuthor(author, score) within {"author":"A3"}, 1 range, forward; then filter {"title":"x"}""")]
    [InlineData("""{"where":{"title":"x"}}""", """a full scan, forward; then filter {"title":"x"}""")]
    [InlineData(
        """{"where":{"title":"x"},"order":["title"]}""",
        """a full scan, forward; then filter {"title":"x"}; order as found""")]
    [InlineData("""{"order":["title"]}""", """all ids, forward; then sort in memory""")]
    [InlineData("""{"order":["-$id"]}""", """all ids, backward; order as found""")]
    [InlineData("""{"where":{"$id":{"in":["a","b"]}}}""", """2 ids, forward""")]
    [InlineData("""{"where":{"$id":{"startsWith":"d1"}}}""", """ids within {"$id":{"startsWith":"d1"}}, forward""")]
    [InlineData(
        """{"where":{"slug":"s1","author":"A3"}}""",
        """index unique bySlug(slug) within {"slug":"s1"}, 1 range, forward; then filter {"author":"A3"}""")]
    [InlineData(
        """{"where":{"or":[{"author":"A1"},{"score":{"gt":990}}]}}""",
        """index byAuthor(author, score) within {"author":"A1"} and index byScore(-score) within """ +
            """{"score":{"gt":990}}, 2 ranges, forward""")]
    [InlineData("""{"where":{"tags":"t1"}}""", """index byTag(tags) within {"tags":"t1"}, 1 range, forward""")]
    [InlineData(
        """{"where":{"tags":{"startsWith":"t"}},"order":["tags"]}""",
        """index byTag(tags) within {"tags":{"startsWith":"t"}}, 1 range, forward; order as found""")]
    [InlineData(
        """{"where":{"score":{"lt":"x"}}}""",
        """index byScore(-score) within {"score":{"lt":"x"}}, 1 range, forward""")]
    public void A_plan_is_explained(string query, string expected)
    {
        var plan = new QueryEngine(new MemoryStore(), "docs", QueryWorld.All).Explain(QuerySpec.Parse(query));

        Assert.Equal(expected, plan.ToString());
    }

    [Fact]
    public void A_plan_is_data_too()
    {
        var plan = new QueryEngine(new MemoryStore(), "docs", QueryWorld.All)
            .Explain(QuerySpec.Parse("""{"where":{"author":"A3","title":"x"},"order":["-score"]}"""));

        Assert.Equal(
            """{"collection":"docs","access":"Index","indexes":["byAuthor(author, score)"],"bounds":[""" +
            """{"author":"A3"}],"ranges":1,"residual":{"title":"x"},"order":"Found","reverse":true}""",
            plan.ToJson());
    }

    [Fact]
    public async Task A_query_that_requires_an_index_runs_with_one_and_is_refused_without()
    {
        var ct = TestContext.Current.CancellationToken;
        var store = await QueryWorld.FillAsync(10, ct);
        var spec = QuerySpec.Parse(
            """{"where":{"author":"A3","score":{"gte":1}},"order":["-score"],"requireIndex":true}""");

        var page = await new QueryEngine(store, "docs", QueryWorld.All).PageAsync(spec, ct);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await new QueryEngine(store, "docs", []).PageAsync(spec, ct));

        Assert.NotEmpty(page.Items);
        Assert.Equal(StoreErrorKind.Unsupported, error.Kind);
        Assert.Equal(
            "No index serves the query on 'docs': found a full scan, forward; then filter " +
            """{"author":"A3","score":{"gte":1}}; then sort in memory. Declare an index over "author", "-score".""",
            error.Message);
    }
}
