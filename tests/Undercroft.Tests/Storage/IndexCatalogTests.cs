namespace Undercroft.Tests.Storage;

public sealed class IndexCatalogTests : IAsyncLifetime
{
    private readonly MemoryStore store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_new_index_takes_in_what_was_there_and_keeps_its_times()
    {
        var before = Sample.Open(store: store);
        var created = await before.Repository(Sample.Books)
            .CreateAsync("a", new Book("A", "x", 1, "s"), new WriteOptions { Tags = ["t"] }, Token);

        var after = Sample.Open(store: store);
        await after.PrepareAsync(Sample.IndexedBooks, Token);

        var read = await after.Repository(Sample.IndexedBooks).GetAsync("a", Token);
        Assert.Equal(created.UpdatedAt, read!.UpdatedAt);
        Assert.Equal(["t"], read.Tags);
        await Assert.ThrowsAsync<UniqueConflictException>(async () => await after.Repository(Sample.IndexedBooks)
            .CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token));
    }

    [Fact]
    public async Task A_process_that_has_not_heard_of_an_index_keeps_it_all_the_same()
    {
        var old = Sample.Open(store: store);
        await old.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1, "s"), cancellationToken: Token);
        var young = Sample.Open(store: store);
        await young.PrepareAsync(Sample.IndexedBooks, Token);

        await Assert.ThrowsAsync<UniqueConflictException>(async () => await old.Repository(Sample.Books)
            .CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token));
        await old.Repository(Sample.Books).CreateAsync("c", new Book("C", "x", 1, "u"), cancellationToken: Token);

        await Assert.ThrowsAsync<UniqueConflictException>(async () => await young.Repository(Sample.IndexedBooks)
            .CreateAsync("d", new Book("D", "x", 1, "u"), cancellationToken: Token));
    }

    [Fact]
    public async Task A_unique_index_over_values_that_are_not_is_refused_naming_two_of_them()
    {
        var storage = Sample.Open(store: store);
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1, "s"), cancellationToken: Token);
        await storage.Repository(Sample.Books).CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await storage.PrepareAsync(Sample.IndexedBooks, Token));

        Assert.Equal("bySlug", error.Index);
        Assert.NotEqual(error.Key, error.Holder);
    }

    [Fact]
    public async Task A_unique_index_that_cannot_be_built_leaves_writers_as_they_were()
    {
        var old = Sample.Open(store: store).Repository(Sample.Books);
        await old.CreateAsync("a", new Book("A", "x", 1, "s"), cancellationToken: Token);
        await old.CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token);
        await old.CreateAsync("c", new Book("C", "x", 1, "u"), cancellationToken: Token);
        var young = Sample.Open(store: store);

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<UniqueConflictException>(
                async () => await young.PrepareAsync(Sample.IndexedBooks, Token));
            Assert.Empty(await young.IndexesAsync("books", Token));
            await old.CreateAsync($"d{i}", new Book("D", "x", 1, "u"), cancellationToken: Token);
        }

        await old.DeleteAsync("b", cancellationToken: Token);
        await old.DeleteAsync("d0", cancellationToken: Token);
        await old.DeleteAsync("d1", cancellationToken: Token);
        await young.PrepareAsync(Sample.IndexedBooks, Token);
        Assert.Equal(["byAuthor", "bySlug"], (await young.IndexesAsync("books", Token)).Select(one => one.Name));
        await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await old.CreateAsync("e", new Book("E", "x", 1, "u"), cancellationToken: Token));
    }

    [Fact]
    public async Task An_index_over_what_two_arrays_hold_is_taken_back_too()
    {
        var raw = new CollectionDefinition<RawJson>("raw", RawJson.Codec);
        var storage = Sample.Open(store: store);
        await storage.Repository(raw)
            .CreateAsync("a", RawJson.FromText("""{"x":[1,2],"y":[3,4]}"""), cancellationToken: Token);

        var error = await Assert.ThrowsAsync<StoreException>(
            async () => await storage.PrepareAsync(raw.WithIndex("both", "x", "y"), Token));

        Assert.Equal(StoreErrorKind.Malformed, error.Kind);
        Assert.Empty(await storage.IndexesAsync("raw", Token));
        await storage.Repository(raw)
            .CreateAsync("b", RawJson.FromText("""{"x":[1,2],"y":[3,4]}"""), cancellationToken: Token);
    }

    [Fact]
    public async Task What_another_definition_keeps_is_not_taken_back()
    {
        var storage = Sample.Open(store: store);
        await storage.PrepareAsync(Sample.Books.WithIndex("byTitle", "title"), Token);
        await storage.Repository(Sample.Books).CreateAsync("a", new Book("A", "x", 1, "s"), cancellationToken: Token);
        await storage.Repository(Sample.Books).CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token);

        await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await Sample.Open(store: store).PrepareAsync(Sample.IndexedBooks, Token));

        Assert.Equal("byTitle", Assert.Single(await storage.IndexesAsync("books", Token)).Name);
    }

    [Fact]
    public async Task A_dropped_index_is_kept_and_enforced_no_more_until_it_is_declared_again()
    {
        var young = Sample.Open(store: store);
        var books = young.Repository(Sample.IndexedBooks);
        var first = await books.CreateAsync(
            "a", new Book("A", "x", 1, "s"), new WriteOptions { Tags = ["t"] }, Token);
        var old = Sample.Open(store: store).Repository(Sample.Books);
        await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await old.CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token));

        var dropped = await Sample.Open(store: store).DropIndexAsync("books", "bySlug", Token);
        var again = await Sample.Open(store: store).DropIndexAsync("books", "bySlug", Token);

        Assert.Equal("unique bySlug(slug)", Assert.Single(dropped).ToString());
        Assert.Empty(again);
        await old.CreateAsync("b", new Book("B", "x", 1, "s"), cancellationToken: Token);
        var read = await store.ReadAsync(
            new RecordKey("books", "a"), new ReadOptions { Detail = RecordDetail.Complete }, Token);
        Assert.Equal(["$tag", "byAuthor"], read[0]!.Entries.Select(entry => entry.Index.Split('#')[0]).Order());
        Assert.Equal(first.UpdatedAt, read[0]!.UpdatedAt);
        Assert.Equal("a", (await old.Query().WithTag("t").FirstOrDefaultAsync(Token))!.Id);

        // A program that still declares it builds it again, and hears that it cannot.
        await Assert.ThrowsAsync<UniqueConflictException>(
            async () => await books.CreateAsync("c", new Book("C", "x", 1, "v"), cancellationToken: Token));
        await old.DeleteAsync("b", cancellationToken: Token);
        await books.CreateAsync("c", new Book("C", "x", 1, "v"), cancellationToken: Token);
    }

    [Fact]
    public async Task All_definitions_under_a_name_are_dropped_with_their_marks()
    {
        var raw = new CollectionDefinition<RawJson>("raw", RawJson.Codec);
        var storage = Sample.Open(store: store);
        var byTag = raw.WithIndex("by", "tags");
        await storage.Repository(byTag)
            .CreateAsync("a", RawJson.FromText("""{"tags":["x","y"]}"""), cancellationToken: Token);
        await storage.PrepareAsync(raw.WithIndex("by", "tags", "n").WithIndex("by2", "tags"), Token);

        Assert.Equal(2, (await storage.DropIndexAsync("raw", "by", Token)).Count);

        var read = await store.ReadAsync(
            new RecordKey("raw", "a"), new ReadOptions { Detail = RecordDetail.Complete }, Token);
        Assert.Equal(
            ["$many", "by2", "by2"], read[0]!.Entries.Select(entry => entry.Index.Split('#')[0]).Order());
        Assert.Empty(await storage.DropIndexAsync("raw", "$tag", Token));
    }

    [Fact]
    public async Task The_indexes_of_a_collection_can_be_listed_by_a_process_that_declares_none()
    {
        await Sample.Open(store: store).PrepareAsync(Sample.IndexedBooks, Token);

        var indexes = await Sample.Open(store: store).IndexesAsync("books", Token);

        Assert.Equal(["byAuthor", "bySlug"], indexes.Select(index => index.Name));
    }
}
