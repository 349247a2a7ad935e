using System.Text;

namespace Undercroft.Tests.Repositories;

public sealed class RepositoryTests : IAsyncLifetime
{
    private static readonly Book Emma = new("Emma", "Austen", 5, "emma");

    private readonly Undercroft.Storage storage = Sample.Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IRepository<Book> Books => storage.Repository(Sample.IndexedBooks);

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    [Fact]
    public async Task A_document_that_cannot_be_read_is_there_all_the_same()
    {
        var spoiled = new PutOperation(new RecordKey("books", "spoiled"), "null"u8.ToArray());
        Assert.True((await storage.Store.CommitAsync(new Commit(spoiled), Token)).IsCommitted);

        Assert.True(await Books.ExistsAsync("spoiled", Token));
        Assert.False(await Books.ExistsAsync("none", Token));
        var error = await Assert.ThrowsAsync<StoreException>(async () => await Books.Query().ToPageAsync(Token));
        Assert.StartsWith(
            "The document 'books/spoiled' cannot be read as Book: the document is null",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_created_document_is_read_back_with_its_revision_times_and_tags()
    {
        var created = await Books.CreateAsync(
            "emma", Emma, new WriteOptions { Tags = ["novel", "england", "novel"] }, Token);

        var read = await Books.GetAsync("emma", Token);

        Assert.Equal(Emma, read!.Value);
        Assert.Equal(created.Revision, read.Revision);
        Assert.Equal((created.CreatedAt, created.UpdatedAt), (read.CreatedAt, read.UpdatedAt));
        Assert.Equal(["england", "novel"], read.Tags);
        Assert.Equal(["england", "novel"], created.Tags);
        Assert.Null(await Books.GetAsync("sense", Token));
    }

    [Fact]
    public async Task Creating_what_is_there_is_a_conflict_that_says_what_to_do()
    {
        var created = await Books.CreateAsync("emma", Emma, cancellationToken: Token);

        var error = await Assert.ThrowsAsync<RevisionConflictException>(
            async () => await Books.CreateAsync("emma", Emma, cancellationToken: Token));

        Assert.Equal((Revision.None, created.Revision), (error.Expected, error.Found));
        Assert.Equal(
            $"Cannot create 'books/emma': it already exists at {created.Revision}. Read it and update it, or choose " +
            "another id.",
            error.Message);
    }

    [Fact]
    public async Task An_update_from_an_old_revision_is_refused_and_changes_nothing()
    {
        var first = await Books.CreateAsync("emma", Emma, cancellationToken: Token);
        var second = await Books.UpdateAsync(first, Emma with { Score = 6 }, cancellationToken: Token);

        var error = await Assert.ThrowsAsync<RevisionConflictException>(
            async () => await Books.UpdateAsync(first, Emma with { Score = 7 }, cancellationToken: Token));

        Assert.Equal((first.Revision, second.Revision), (error.Expected, error.Found));
        Assert.Equal(6, (await Books.GetAsync("emma", Token))!.Value.Score);
    }

    [Fact]
    public async Task Writes_that_say_nothing_of_tags_expiry_and_creation_keep_them()
    {
        var created = await Books.CreateAsync(
            "emma", Emma, new WriteOptions { Tags = ["a"], TimeToLive = TimeSpan.FromDays(1) }, Token);

        var upserted = await Books.UpsertAsync("emma", Emma with { Score = 9 }, cancellationToken: Token);
        var patched = await Books.PatchAsync(
            "emma", book => book with { Score = book.Score + 1 }, cancellationToken: Token);
        var read = await Books.GetAsync("emma", Token);

        Assert.Equal(["a"], upserted.Tags);
        Assert.Equal((created.CreatedAt, created.ExpiresAt), (patched!.CreatedAt, patched.ExpiresAt));
        Assert.Equal((10, created.CreatedAt, created.ExpiresAt), (read!.Value.Score, read.CreatedAt, read.ExpiresAt));
        Assert.Equal(["a"], read.Tags);
    }

    [Fact]
    public async Task Tags_and_expiry_are_removed_when_a_write_says_so()
    {
        await Books.CreateAsync(
            "emma", Emma, new WriteOptions { Tags = ["a"], TimeToLive = TimeSpan.FromDays(1) }, Token);

        await Books.UpsertAsync(
            "emma", Emma, new WriteOptions { Tags = [], TimeToLive = Timeout.InfiniteTimeSpan }, Token);

        var read = await Books.GetAsync("emma", Token);
        Assert.Empty(read!.Tags);
        Assert.Null(read.ExpiresAt);
    }

    [Fact]
    public async Task A_batch_with_one_conflict_writes_nothing()
    {
        await Books.CreateAsync("b", Emma, cancellationToken: Token);

        await Assert.ThrowsAsync<RevisionConflictException>(async () => await Books.CreateManyAsync(
            [new("a", Emma with { Slug = "1" }), new("b", Emma with { Slug = "2" })], cancellationToken: Token));

        Assert.Null(await Books.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_batch_shares_one_revision_and_deletes_count_what_was_there()
    {
        var written = await Books.UpsertManyAsync(
            [new("a", Emma with { Slug = "1" }), new("b", Emma with { Slug = "2" })], cancellationToken: Token);

        var deleted = await Books.DeleteManyAsync(["a", "b", "c", "a"], Token);

        Assert.Equal(written[0].Revision, written[1].Revision);
        Assert.Equal(2, deleted);
        Assert.Equal([null, null], await Books.GetManyAsync(["a", "b"], Token));
        Assert.False(await Books.DeleteAsync("a", cancellationToken: Token));
    }

    [Fact]
    public async Task A_unique_value_that_is_taken_names_its_holder()
    {
        await Books.CreateAsync("emma", Emma, cancellationToken: Token);

        var error = await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await Books.CreateAsync("copy", Emma, cancellationToken: Token));

        Assert.Equal(("bySlug", "books/emma"), (error.Index, error.Holder.ToString()));
        Assert.Null(await Books.GetAsync("copy", Token));
    }

    [Fact]
    public async Task A_merge_patch_replaces_removes_and_leaves_the_rest()
    {
        await Books.CreateAsync("emma", Emma, cancellationToken: Token);

        var patched = await Books.PatchJsonAsync(
            "emma", """{"score":7,"slug":null}"""u8.ToArray(), cancellationToken: Token);

        Assert.Equal(new Book("Emma", "Austen", 7), patched!.Value);
        Assert.Equal(new Book("Emma", "Austen", 7), (await Books.GetAsync("emma", Token))!.Value);
        Assert.Null(await Books.PatchJsonAsync("nobody", "{}"u8.ToArray(), cancellationToken: Token));
    }

    [Fact]
    public async Task Of_many_patches_at_once_none_is_lost()
    {
        await Books.CreateAsync("emma", Emma with { Score = 0 }, cancellationToken: Token);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 10; i++)
                {
                    await Books.PatchAsync(
                        "emma", book => book with { Score = book.Score + 1 }, cancellationToken: Token);
                }
            },
            Token)));

        Assert.Equal(80, (await Books.GetAsync("emma", Token))!.Value.Score);
    }

    [Fact]
    public async Task A_document_that_is_not_of_the_type_is_named_and_stays_readable_as_bytes()
    {
        var raw = storage.Repository(new CollectionDefinition<RawJson>("books", RawJson.Codec));
        await raw.CreateAsync("odd", RawJson.FromText("""{"title":[1]}"""), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await Books.GetAsync("odd", Token));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.StartsWith(
            "The document 'books/odd' cannot be read as Book at '$.title', line 1, byte 11: ",
            error.Message, StringComparison.Ordinal);
        Assert.Equal("""{"title":[1]}""", (await raw.GetAsync("odd", Token))!.Value.ToString());
    }

    [Fact]
    public async Task Raw_documents_keep_every_byte_and_refuse_what_is_no_json()
    {
        var raw = storage.Repository(new CollectionDefinition<RawJson>("raw", RawJson.Codec));
        var text = "{ \"a\" : 1.50,\r\n \"b\":\"\\u00e9\" }";

        await raw.CreateAsync("a", RawJson.FromText(text), cancellationToken: Token);
        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await raw.CreateAsync("b", RawJson.FromText("{\n\"a\":}"), cancellationToken: Token));

        Assert.Equal(text, Encoding.UTF8.GetString((await raw.GetAsync("a", Token))!.Value.Bytes.Span));
        Assert.StartsWith("The document is not JSON: line 2, byte 5: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task An_id_no_record_can_have_is_misuse(string id) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Books.CreateAsync(id, Emma, cancellationToken: Token));

    // xunit would hand a lone surrogate over as U+FFFD, so it is not one of the cases above.
    [Fact]
    public async Task An_id_that_is_no_unicode_is_misuse() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Books.GetAsync("a\ud800b", Token));

    [Fact]
    public void A_collection_of_undercrofts_own_is_misuse() =>
        Assert.Throws<ArgumentException>(() => new CollectionDefinition<Book>("$indexes", SampleJson.Default.Book));

    [Fact]
    public async Task A_follower_gets_past_a_document_that_cannot_be_read()
    {
        await Books.CreateAsync("a", Emma with { Slug = "1" }, cancellationToken: Token);
        await storage.Store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("books", "bad"), "{\"title\":7}"u8.ToArray())), Token);
        await Books.CreateAsync("c", Emma with { Slug = "3" }, cancellationToken: Token);

        var seen = new List<DocumentChange<Book>>();
        await foreach (var change in Books.ChangesAsync(cancellationToken: Token))
        {
            seen.Add(change);
            if (seen.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(["a", "bad", "c"], seen.Select(static change => change.Id));
        Assert.Equal([null, StoreErrorKind.Malformed, null], seen.Select(static change => change.Error?.Kind));
        Assert.All(seen, static change => Assert.False(change.IsDeleted));
        Assert.Equal("3", seen[2].Document!.Value.Slug);

        // Who does not look is stopped: a document nobody can read must not pass for a deleted one.
        var error = Assert.Throws<StoreException>(() => seen[1].Document);
        Assert.Contains("'books/bad'", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<StoreException>(
            async () => await Books.GetManyAsync(["a", "bad", "c"], Token));
        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.Contains("'books/bad'", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<StoreException>(async () => await Books.Query().ToPageAsync(Token));
        Assert.Contains("'books/bad'", error.Message, StringComparison.Ordinal);

        var raw = storage.Repository(new CollectionDefinition<RawJson>("books", RawJson.Codec));
        Assert.Equal(3, (await raw.Query().ToPageAsync(Token)).Items.Count);
    }

    [Fact]
    public async Task A_constructor_that_refuses_a_value_makes_the_document_malformed()
    {
        var scores = storage.Repository(
            new CollectionDefinition<Positive>("scores", SampleJson.Default.Positive));
        await storage.Store.CommitAsync(
            new Commit(new PutOperation(new RecordKey("scores", "bad"), "{\"number\":-1}"u8.ToArray())), Token);

        var error = await Assert.ThrowsAsync<StoreException>(async () => await scores.GetAsync("bad", Token));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.IsType<ArgumentOutOfRangeException>(error.InnerException);
    }

    [Fact]
    public async Task The_changes_of_a_collection_can_be_followed_and_resumed()
    {
        await Books.CreateAsync("a", Emma with { Slug = "1" }, cancellationToken: Token);
        await Books.CreateAsync("b", Emma with { Slug = "2" }, cancellationToken: Token);
        await Books.DeleteAsync("a", cancellationToken: Token);

        await using var walk = Books.ChangesAsync(cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await walk.MoveNextAsync());
        var first = walk.Current;
        Assert.True(await walk.MoveNextAsync());
        var second = walk.Current;
        await using var resumed = Books.ChangesAsync(second.Cursor, Token).GetAsyncEnumerator(Token);
        var waiting = resumed.MoveNextAsync();
        await Books.UpsertAsync("b", Emma with { Slug = "3" }, cancellationToken: Token);
        Assert.True(await waiting);

        Assert.Equal(("b", "2"), (first.Id, first.Document!.Value.Slug));
        Assert.Equal(("a", null), (second.Id, second.Document));
        Assert.Equal(("b", "3"), (resumed.Current.Id, resumed.Current.Document!.Value.Slug));
    }
}
