namespace Undercroft.Stories.Tests;

/// <summary>What happens is told after it happened, in order; a handler that fails stops nothing.</summary>
public sealed class LibraryEventsTests : IAsyncDisposable
{
    private readonly Storage storage = new(new SmallStore(new MemoryStore(), 300));
    private readonly StoryLibrary library;

    public LibraryEventsTests() => library = new StoryLibrary(storage);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Story Lamp { get; } = Make.Story(Make.Passage("Start")) with { Id = "lamp" };

    [Fact]
    public async Task Each_operation_tells_what_it_did()
    {
        var told = new List<StoryEvent>();
        using var subscription = library.Events.On<StoryEvent>(told.Add);

        var first = await library.SaveAsync(Lamp, cancellationToken: Token);
        var second = await library.SaveAsync(Lamp, cancellationToken: Token);
        _ = await library.LoadAsync("lamp", cancellationToken: Token);
        _ = await library.LoadAsync("nobody", cancellationToken: Token);
        _ = await library.LoadManyAsync(["lamp"], Token);
        var updated = await library.UpdateMetadataAsync("lamp", new StoryMetadataPatch { Tags = ["a"] }, Token);
        _ = await library.DeleteAsync("lamp", cancellationToken: Token);
        _ = await library.DeleteAsync("lamp", cancellationToken: Token);
        _ = await library.ClearAsync(Token);

        Assert.Equal(
            [
                new StorySaved("lamp", first.Revision, IsNew: true),
                new StoryCreated("lamp", first.Revision),
                new StorySaved("lamp", second.Revision, IsNew: false),
                new StoryUpdated("lamp", second.Revision),
                new StoryLoaded("lamp", second.Revision, FromCache: true),
                new StoryLoaded("lamp", second.Revision, FromCache: false),
                told.OfType<MetadataUpdated>().Single(),
                new StoryDeleted("lamp"),
                new StorageCleared(0),
            ],
            told);
        Assert.Equal((updated!.Revision, "lamp"), (told.OfType<MetadataUpdated>().Single().Metadata.Revision, "lamp"));
    }

    [Fact]
    public async Task A_handler_sees_the_change_done_and_hears_nothing_once_removed()
    {
        var seen = new List<bool>();
        var subscription = library.Events.On<StorySaved>(
            saved => seen.Add(storage.Store.ReadAsync(
                new RecordKey("stories", saved.Id), default, Token).AsTask().Result[0]!.Revision == saved.Revision));

        _ = await library.SaveAsync(Lamp, cancellationToken: Token);
        subscription.Dispose();
        _ = await library.SaveAsync(Lamp, cancellationToken: Token);

        Assert.Equal([true], seen);
    }

    [Fact]
    public async Task A_handler_that_fails_stops_neither_the_save_nor_other_handlers_and_is_told()
    {
        var (errors, after) = (new List<StorageError>(), 0);
        using var failing = library.Events.On<StorySaved>(_ => throw new InvalidOperationException("my fault"));
        using var next = library.Events.On<StorySaved>(_ => after++);
        using var also = library.Events.On<StorageError>(_ => throw new InvalidOperationException("mine too"));
        using var listening = library.Events.On<StorageError>(errors.Add);

        _ = await library.SaveAsync(Lamp, cancellationToken: Token);

        Assert.Equal(1, after);
        var error = Assert.Single(errors);
        Assert.Equal(("handler", null, "my fault"), (error.Operation, error.Id, error.Error.Message));
        Assert.True(await library.ExistsAsync("lamp", Token));
    }

    [Fact]
    public async Task A_handler_may_call_the_library_and_what_that_tells_comes_after()
    {
        var told = new List<string>();
        using var all = library.Events.On<StoryEvent>(happened => told.Add(happened.GetType().Name));
        using var copy = library.Events.On<StoryCreated>(created =>
        {
            if (created.Id == "lamp")
            {
                Assert.True(library.SaveAsync(Lamp with { Id = "copy" }, null, Token).AsTask().IsCompleted);
            }
        });
        using var last = library.Events.On<StoryCreated>(created => told.Add("last of " + created.Id));

        _ = await library.SaveAsync(Lamp, cancellationToken: Token);

        Assert.Equal(
            [
                nameof(StorySaved), nameof(StoryCreated), "last of lamp",
                nameof(StorySaved), nameof(StoryCreated), "last of copy",
            ],
            told);
    }

    [Fact]
    public async Task What_happens_to_one_story_is_told_in_the_order_of_its_revisions()
    {
        var revisions = new List<long>();
        using var subscription = library.Events.On<StorySaved>(saved => revisions.Add(saved.Revision.Value));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(
            async () => await library.SaveAsync(Lamp with { Name = $"{i}" }, cancellationToken: Token), Token)));

        Assert.Equal(50, revisions.Count);
        Assert.Equal(revisions.Order(), revisions);
    }

    [Fact]
    public async Task A_failure_is_thrown_and_told_and_a_misuse_is_only_thrown()
    {
        var errors = new List<StorageError>();
        using var subscription = library.Events.On<StorageError>(errors.Add);
        ((SmallStore)storage.Store).FailAfter(0);

        var failure = await Assert.ThrowsAsync<StoreException>(
            async () => await library.SaveAsync(Lamp, cancellationToken: Token));
        _ = await Assert.ThrowsAsync<ArgumentException>(
            async () => await library.SaveAsync(Lamp with { Id = "" }, cancellationToken: Token));

        Assert.Equal([new StorageError("save", "lamp", failure)], errors);
        Assert.Equal((0, 1), (library.Statistics.Saves.Count, library.Statistics.Saves.Failures));
    }

    [Fact]
    public async Task Statistics_count_what_was_done()
    {
        await using var small = new StoryLibrary(storage, new StoryLibraryOptions { CacheEntriesMax = 1 });
        _ = await small.SaveManyAsync([Lamp, Lamp with { Id = "two" }], null, Token);
        _ = await small.LoadAsync("two", cancellationToken: Token);
        _ = await small.LoadAsync("lamp", cancellationToken: Token);
        _ = await small.LoadAsync("lamp", cancellationToken: Token);
        _ = await small.DeleteAsync("two", cancellationToken: Token);

        var statistics = small.Statistics;

        Assert.Equal((1, 2), (statistics.Saves.Count, statistics.Saves.Documents));
        Assert.Equal((1, 1), (statistics.Loads.Count, statistics.Deletes.Count));
        Assert.Equal((2, 1, 1), (statistics.CacheHits, statistics.CacheMisses, statistics.CacheEntries));
        Assert.Equal(2.0 / 3, statistics.CacheHitRate, 6);
        Assert.InRange(statistics.CacheBytes, 300, 3000);
        Assert.True(statistics.Saves.Mean > TimeSpan.Zero && statistics.Loads.NinetyNinth > TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
    }
}
