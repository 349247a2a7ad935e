using System.Diagnostics;
using Undercroft.Layers;

namespace Undercroft.Stories.Tests;

/// <summary>Two storages on one SQLite file stand for two processes: neither tells the other anything but through the
/// file.</summary>
public sealed class LibraryCacheTests : IAsyncLifetime
{
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);
    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-cache-").FullName;
    private Storage here = null!;
    private Storage elsewhere = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private GatedStore Gated => (GatedStore)here.Store;

    private static StoryLoadOptions Fresh { get; } = new() { IsFresh = true };

    public async ValueTask InitializeAsync()
    {
        var path = Path.Combine(folder, "stories.db");
        var store = await new StoreSchemes().AddSqlite().OpenAsync("sqlite:" + path, null, Token);
        here = new Storage(new GatedStore(store));
        elsewhere = await Storage.OpenAsync("sqlite:" + path, new StoreSchemes().AddSqlite(), null, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await elsewhere.DisposeAsync();
        await here.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_cached_load_gives_the_same_immutable_story()
    {
        await using var library = new StoryLibrary(here);
        var passages = new List<Passage> { Make.Passage("Start", "dark") };
        var saved = await library.SaveAsync(Lamp("dark") with { Passages = passages }, cancellationToken: Token);

        passages.Clear();
        var (first, second) = (await LoadAsync(library), await LoadAsync(library));

        Assert.Same(saved.Story, first.Story);
        Assert.Same(first, second);
        Assert.Equal("dark", Assert.Single(first.Story.Passages).Body);
        _ = Assert.Throws<NotSupportedException>(() => ((IList<Passage>)first.Story.Passages).Clear());
        _ = Assert.Throws<NotSupportedException>(() => ((IList<string>)first.Story.Passages[0].Tags).Add("x"));
        Assert.Same(first.Story.Passages[0], (await library.LoadPassageAsync("lamp", "id-Start", Token))!);
    }

    [Fact]
    public async Task What_was_read_from_the_store_is_as_immutable_as_what_was_saved()
    {
        await using var writer = new StoryLibrary(elsewhere);
        _ = await writer.SaveAsync(Lamp("dark"), cancellationToken: Token);
        await using var library = new StoryLibrary(here);

        var story = (await LoadAsync(library)).Story;

        _ = Assert.Throws<NotSupportedException>(() => ((IList<Passage>)story.Passages).Clear());
        _ = Assert.Throws<NotSupportedException>(() => ((IList<string>)story.Tags).Add("x"));
        Assert.Same(story, (await LoadAsync(library)).Story);
    }

    [Fact]
    public async Task A_change_of_this_storage_is_seen_at_once_whoever_made_it()
    {
        await using var library = new StoryLibrary(here);
        await using var other = new StoryLibrary(here);
        _ = await library.SaveAsync(Lamp("1"), cancellationToken: Token);
        for (var i = 2; i < 50; i++)
        {
            _ = await other.SaveAsync(Lamp($"{i}"), cancellationToken: Token);

            Assert.Equal($"{i}", (await LoadAsync(library)).Story.Passages[0].Body);
        }

        Assert.True(await other.DeleteAsync("lamp", cancellationToken: Token));
        Assert.Null(await library.LoadAsync("lamp", cancellationToken: Token));
    }

    [Fact]
    public async Task A_change_of_another_process_is_seen_when_the_feed_has_told_of_it_and_at_once_by_a_fresh_load()
    {
        await using var library = new StoryLibrary(here);
        await using var other = new StoryLibrary(elsewhere);
        _ = await other.SaveAsync(Lamp("1"), cancellationToken: Token);
        _ = await LoadAsync(library);

        var second = await other.SaveAsync(Lamp("2"), cancellationToken: Token);
        Assert.Equal(second.Revision, (await library.LoadAsync("lamp", Fresh, Token))!.Revision);
        var third = await other.SaveAsync(Lamp("3"), cancellationToken: Token);
        await UntilAsync(async () => (await LoadAsync(library)).Revision == third.Revision);
        _ = await other.UpdateMetadataAsync("lamp", new StoryMetadataPatch { Tags = ["t"] }, Token);
        await UntilAsync(async () => (await LoadAsync(library)).Tags is ["t"]);
        _ = await other.DeleteAsync("lamp", cancellationToken: Token);
        await UntilAsync(async () => await library.LoadAsync("lamp", cancellationToken: Token) is null);
    }

    [Fact]
    public async Task A_slow_read_does_not_bring_back_what_another_process_has_replaced()
    {
        await using var library = new StoryLibrary(here);
        await using var other = new StoryLibrary(elsewhere);
        _ = await other.SaveManyAsync([Lamp("old"), Lamp("old") with { Id = "probe" }], null, Token);
        _ = await library.LoadAsync("probe", cancellationToken: Token);
        var arrived = Gated.HoldNext(new RecordKey("stories", "lamp"));
        var slow = library.LoadAsync("lamp", cancellationToken: Token).AsTask();
        await arrived;

        // The probe is changed after the story: once the feed has told of it here, it has told of the story.
        var saved = await other.SaveAsync(Lamp("new"), cancellationToken: Token);
        var probe = await other.SaveAsync(Lamp("new") with { Id = "probe" }, cancellationToken: Token);
        await UntilAsync(async () => (await library.LoadAsync("probe", cancellationToken: Token))!.Revision
            == probe.Revision);
        Gated.Release();

        Assert.Equal("old", (await slow)!.Story.Passages[0].Body);
        Assert.Equal(saved.Revision, (await LoadAsync(library)).Revision);
    }

    [Fact]
    public async Task A_slow_read_does_not_bring_back_what_this_process_has_replaced_or_deleted()
    {
        await using var library = new StoryLibrary(here);
        await using var writer = new StoryLibrary(here, new StoryLibraryOptions { CacheEntriesMax = 0 });
        _ = await writer.SaveAsync(Lamp("old"), cancellationToken: Token);
        foreach (var deletes in new[] { false, true })
        {
            var arrived = Gated.HoldNext(new RecordKey("story-contents", "lamp"));
            var slow = library.LoadAsync("lamp", cancellationToken: Token).AsTask();
            await arrived;
            _ = deletes
                ? await writer.DeleteAsync("lamp", cancellationToken: Token)
                : await writer.SaveAsync(Lamp("new"), cancellationToken: Token) is not null;
            Gated.Release();

            Assert.NotNull(await slow);
            Assert.Equal(
                deletes ? null : "new",
                (await library.LoadAsync("lamp", cancellationToken: Token))?.Story.Passages[0].Body);
            _ = await writer.SaveAsync(Lamp("again"), cancellationToken: Token);
        }
    }

    [Fact]
    public async Task While_the_feed_cannot_be_followed_nothing_is_cached_and_the_error_is_told()
    {
        var errors = new List<StorageError>();
        await using var storage = new Storage(new FeedlessStore(new MemoryStore()));
        await using var library = new StoryLibrary(storage);
        using var subscription = library.Events.On<StorageError>(errors.Add);

        _ = await library.SaveAsync(Lamp("1"), cancellationToken: Token);
        _ = await LoadAsync(library);
        _ = await LoadAsync(library);

        Assert.Equal((0, 2L), (library.Statistics.CacheEntries, library.Statistics.CacheMisses));
        Assert.Equal("follow", errors[0].Operation);
    }

    private static Story Lamp(string body) => Make.Story(Make.Passage("Start", body)) with { Id = "lamp" };

    private static async Task<StoredStory> LoadAsync(StoryLibrary library) =>
        (await library.LoadAsync("lamp", cancellationToken: Token))!;

    // The other side looks at the file now and then: nothing here can say when.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < PatienceMax, "The feed has told nothing for two minutes.");
            await Task.Yield();
        }
    }

    private sealed class FeedlessStore(IStore inner) : DelegatingStore(inner)
    {
        public override ValueTask<ChangePage> ChangesAsync(
            ChangesRequest request, CancellationToken cancellationToken = default) =>
            throw new StoreException(StoreErrorKind.Unavailable, "No feed today.");
    }
}
