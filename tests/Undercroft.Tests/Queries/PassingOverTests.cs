using Undercroft.Queries;

namespace Undercroft.Tests.Queries;

/// <summary>One document that somebody has spoiled does not hide the others, where that is asked for.</summary>
public sealed class PassingOverTests
{
    private static readonly CollectionDefinition<Article> Articles =
        new CollectionDefinition<Article>("articles", ArticleJson.Default.Article).WithIndex("byTitle", "title");

    [Theory]
    [InlineData("title")]
    [InlineData("words_total")]
    [InlineData("$id")]
    public async Task Spoiled_documents_are_told_of_and_the_others_follow_in_any_order(string order)
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Articles);
        var told = new List<string>();
        await FillAsync(storage, repository);
        var query = repository.Query().OrderBy(order).PassingOver((id, error) =>
        {
            Assert.Equal(StoreErrorKind.Malformed, error.Kind);
            told.Add(id);
        });

        var page = await query.ToPageAsync(Token);
        var streamed = await query.StreamAsync(Token).Select(static one => one.Id).ToListAsync(Token);

        Assert.Equal(["a", "c"], page.Items.Select(static one => one.Id));
        Assert.Equal(["a", "c"], streamed);
        Assert.Equal(["b", "d", "b", "d"], told);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await repository.Query().OrderBy(order).ToPageAsync(Token));
        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
    }

    [Fact]
    public async Task A_filter_that_must_look_into_a_spoiled_document_passes_it_over_too()
    {
        await using var storage = Sample.Open();
        var repository = storage.Repository(Articles);
        var told = new List<string>();
        await FillAsync(storage, repository);

        var found = await repository.Query()
            .PassingOver((id, _) => told.Add(id))
            .Where(static article => article.Words >= 3)
            .FirstOrDefaultAsync(Token);

        Assert.Equal("c", found?.Id);
        Assert.Contains("b", told);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // As an edit by hand leaves them: the value is another, the index entries are those of before.
    private static async Task FillAsync(Undercroft.Storage storage, IRepository<Article> repository)
    {
        foreach (var (id, words) in new[] { ("a", 1), ("b", 2), ("c", 3), ("d", 4) })
        {
            _ = await repository.UpsertAsync(
                id, new Article { Title = id, Words = words }, cancellationToken: Token);
        }

        foreach (var (id, text) in new[] { ("b", "{\"title\": \"b"), ("d", "{\"title\": \"d\", \"words_total\"") })
        {
            var key = new RecordKey("articles", id);
            var read = await storage.Store.ReadAsync(key, new ReadOptions { Detail = RecordDetail.Complete }, Token);
            var spoiled = new PutOperation(key, System.Text.Encoding.UTF8.GetBytes(text))
            {
                Entries = read[0]!.Entries,
                Meta = read[0]!.Meta,
            };
            Assert.True((await storage.Store.CommitAsync(new Commit([spoiled]), Token)).IsCommitted);
        }
    }
}
