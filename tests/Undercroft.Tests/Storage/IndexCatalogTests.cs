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
    public async Task The_indexes_of_a_collection_can_be_listed_by_a_process_that_declares_none()
    {
        await Sample.Open(store: store).PrepareAsync(Sample.IndexedBooks, Token);

        var indexes = await Sample.Open(store: store).IndexesAsync("books", Token);

        Assert.Equal(["byAuthor", "bySlug"], indexes.Select(index => index.Name));
    }
}
