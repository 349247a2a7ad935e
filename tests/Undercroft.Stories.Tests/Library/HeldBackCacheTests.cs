using Undercroft.Layers;
using Undercroft.Testing;

namespace Undercroft.Stories.Tests;

/// <summary>The cache of a library whose store holds back from its feed what others write.</summary>
public sealed class HeldBackCacheTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_cached_while_the_feed_stands_still_before_what_it_holds_back()
    {
        var clock = new ManualClock();
        await using var memory = new MemoryStore(clock: clock);
        var store = new StandingStore(memory, clock);
        var options = new StorageOptions { Clock = clock, SweepInterval = Timeout.InfiniteTimeSpan };
        await using var here = new Storage(store, options);
        await using var elsewhere = new Storage(memory, options);
        await using var library = new StoryLibrary(here, new StoryLibraryOptions { Clock = clock });
        await using var others = new StoryLibrary(elsewhere, new StoryLibraryOptions { Clock = clock });
        _ = await library.SaveAsync(Lamp("old"), cancellationToken: Token);
        await UntilAsync(clock, async () => await BodyAsync(library) == "old" && library.Statistics.CacheEntries > 0);

        await store.StandAsync();
        _ = await others.SaveAsync(Lamp("new"), cancellationToken: Token);
        await UntilAsync(clock, async () => await BodyAsync(library) == "new");
        var held = library.Statistics.CacheEntries;
        store.GoOn();
        await UntilAsync(clock, async () => await BodyAsync(library) == "new" && library.Statistics.CacheEntries > 0);

        Assert.Equal(0, held);
    }

    private static Story Lamp(string body) => Make.Story(Make.Passage("Start", body)) with { Id = "lamp" };

    private static async Task<string> BodyAsync(StoryLibrary library) =>
        (await library.LoadAsync("lamp", cancellationToken: Token))!.Story.Passages[0].Body;

    private static async Task UntilAsync(ManualClock clock, Func<Task<bool>> holds)
    {
        for (var tries = 0; !await holds(); tries++)
        {
            Assert.True(tries < 1_000_000, "It does not come to that.");
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    /// <summary>A store whose feed stands still when it is told to; a read of it takes a second then.</summary>
    private sealed class StandingStore(IStore inner, TimeProvider clock) : DelegatingStore(inner)
    {
        private FeedCursor? place;

        public async Task StandAsync() =>
            place = (await Inner.ChangesAsync(new ChangesRequest { After = FeedCursor.End }, Token)).Next;

        public void GoOn() => place = null;

        public override async ValueTask<ChangePage> ChangesAsync(
            ChangesRequest request, CancellationToken cancellationToken = default)
        {
            if (place is not null)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }

            return place is { } still
                ? new ChangePage([], still, HasMore: false)
                {
                    HeldBack = new FeedHold(clock.GetUtcNow(), "Somebody is at it."),
                }
                : await Inner.ChangesAsync(request, cancellationToken);
        }

        public override ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default) =>
            place is null ? Inner.WaitAsync(after, cancellationToken) : default;
    }
}
