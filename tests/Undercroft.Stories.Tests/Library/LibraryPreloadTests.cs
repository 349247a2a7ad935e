namespace Undercroft.Stories.Tests;

/// <summary>Preloading follows links: between passages, and out of a story to others.</summary>
public sealed class LibraryPreloadTests : IAsyncDisposable
{
    private readonly Storage storage = new(new MemoryStore());
    private readonly StoryLibrary library;

    public LibraryPreloadTests() =>
        library = new StoryLibrary(storage, new StoryLibraryOptions { PreloadMax = 5 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stories_are_found_by_id_title_and_file_and_read_once_near_ones_first()
    {
        _ = await library.SaveManyAsync(
            [
                Linked("one", "Part One", "[[two]] [[Part Three]] [[on->four.html]] [[Start]] [[nowhere]]"),
                Linked("two", "Part Two", "[[one]] [[five]]"),
                Linked("three", "Part Three", "[[Part One]]"),
                Linked("four", "Part Four", "[[two]]") with
                {
                    Origin = new StoryOrigin { Format = StoryFormats.TwineHtml, File = "book/four.html" },
                },
                Linked("five", "Part Five", "[[five]]"),
            ],
            null,
            Token);
        await using var fresh = new StoryLibrary(storage);

        Assert.Equal(["one"], await IdsAsync(fresh, 0));
        Assert.Equal(["one", "two", "three", "four"], await IdsAsync(fresh, 1));
        Assert.Equal(["one", "two", "three", "four", "five"], await IdsAsync(fresh, 2));
        Assert.Equal(["one", "two", "three", "four", "five"], await IdsAsync(fresh, 1000));
        Assert.Equal((5, 5L), (fresh.Statistics.CacheEntries, fresh.Statistics.CacheMisses));
        Assert.Empty(await fresh.PreloadAsync("nobody", 3, Token));
    }

    [Fact]
    public async Task A_preload_stops_at_its_bound()
    {
        _ = await library.SaveManyAsync(
            [
                .. Enumerable.Range(0, 30).Select(i => Linked(
                    $"s{i}", $"{i}", $"[[s{i + 1}]] [[s{i + 2}]] [[s{i + 3}]]")),
            ],
            null,
            Token);

        var loaded = await library.PreloadAsync("s0", 20, Token);

        Assert.Equal(["s0", "s1", "s2", "s3", "s4"], loaded.Select(story => story.Story.Id));
    }

    [Fact]
    public async Task Passages_come_breadth_first_each_once_and_a_circle_ends()
    {
        _ = await library.SaveAsync(
            Make.Story(
                Make.Passage("A", "[[B]] [[C]]"),
                Make.Passage("B", "[[D]] [[A]]"),
                Make.Passage("C", "[[E]] [[Missing]]"),
                Make.Passage("D", "[[A]]"),
                Make.Passage("E", "[[E]]")),
            cancellationToken: Token);

        Assert.Equal("A", await WalkAsync("A", 0));
        Assert.Equal("A B C", await WalkAsync("A", 1));
        Assert.Equal("A B C D E", await WalkAsync("A", 2));
        Assert.Equal("A B C D E", await WalkAsync("A", int.MaxValue));
        Assert.Equal("E", await WalkAsync("E", 9));
        Assert.Equal("", await WalkAsync("Missing", 9));
    }

    [Fact]
    public async Task A_walk_over_many_passages_stops_at_a_thousand()
    {
        _ = await library.SaveAsync(
            Make.Story([.. Enumerable.Range(0, 3000).Select(i => Make.Passage($"{i}", $"[[{i + 1}]] [[{i / 2}]]"))]),
            cancellationToken: Token);

        var walked = await library.PreloadPassagesAsync("story", "id-0", int.MaxValue, Token);

        Assert.Equal(1000, walked.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
    }

    private static Story Linked(string id, string name, string body) =>
        Make.Story(Make.Passage("Start", body)) with { Id = id, Name = name };

    private static async Task<IEnumerable<string>> IdsAsync(StoryLibrary library, int depth) =>
        (await library.PreloadAsync("one", depth, Token)).Select(story => story.Story.Id);

    private async Task<string> WalkAsync(string from, int depth) => string.Join(
        ' ',
        (await library.PreloadPassagesAsync("story", "id-" + from, depth, Token)).Select(passage => passage.Name));
}
