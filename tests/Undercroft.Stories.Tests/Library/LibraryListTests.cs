namespace Undercroft.Stories.Tests;

/// <summary>Lists are what a filter says: tags first, then order, then offset and limit.</summary>
public sealed class LibraryListTests : IAsyncLifetime
{
    private readonly Storage storage = new(new MemoryStore());
    private StoryLibrary library = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        library = new StoryLibrary(storage);
        for (var i = 0; i < 20; i++)
        {
            // Titles go down as ids go up, so that no order is another by chance.
            var story = Make.Story(Make.Passage("Start", new string('x', i % 7 * 100))) with
            {
                Id = $"s{i:D2}",
                Name = $"Title {99 - i}",
            };
            string[] tags = i == 13 ? ["rare", "even"] : i % 2 == 0 ? ["even"] : ["odd", "small"];
            _ = await library.SaveAsync(story, new StorySaveOptions { Tags = tags }, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
    }

    [Fact]
    public async Task A_limit_counts_what_passes_the_tags_not_what_is_looked_at() =>
        // The original applied the limit first: 0 of 1.
        Assert.Equal(["s13"], await IdsAsync(new StoryFilter { AnyTag = ["rare"], Limit = 2 }));

    [Fact]
    public async Task An_offset_needs_no_limit() =>
        // The original answered with a syntax error, as an empty list.
        Assert.Equal(["s02", "s01", "s00"], await IdsAsync(new StoryFilter { Offset = 17 }));

    [Fact]
    public async Task Any_tag_and_all_tags_are_two_questions()
    {
        Assert.Equal(
            ["s19", "s17", "s15", "s13", "s11"],
            (await IdsAsync(new StoryFilter { AnyTag = ["odd", "rare"] })).Take(5));
        Assert.Equal(["s13"], await IdsAsync(new StoryFilter { AllTags = ["rare", "even"] }));
        Assert.Empty(await IdsAsync(new StoryFilter { AllTags = ["odd", "even"] }));
        Assert.Equal(["s13"], await IdsAsync(new StoryFilter { AnyTag = ["rare", "odd"], AllTags = ["even"] }));
        Assert.Empty(await IdsAsync(new StoryFilter { AnyTag = [] }));
        Assert.Equal(11, await library.CountAsync(new StoryFilter { AnyTag = ["even"], Limit = 3, Offset = 2 }, Token));
    }

    [Theory]
    [InlineData(StoryOrder.Name)]
    [InlineData(StoryOrder.Created)]
    [InlineData(StoryOrder.Updated)]
    [InlineData(StoryOrder.Size)]
    [InlineData(StoryOrder.Words)]
    public async Task Every_order_is_what_it_says_in_both_directions_in_lists_and_on_pages(StoryOrder order)
    {
        var all = await library.ListAsync(cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(20, all.Count);
        Func<Document<StorySummary>, IComparable> key = order switch
        {
            StoryOrder.Created => static story => story.CreatedAt,
            StoryOrder.Updated => static story => story.UpdatedAt,
            StoryOrder.Size => static story => story.Value.Bytes,
            StoryOrder.Words => static story => story.Value.Words,
            _ => static story => story.Value.NameKey,
        };
        string[] expected =
            [.. all.OrderBy(key).ThenBy(story => story.Id, StringComparer.Ordinal).Select(story => story.Id)];

        Assert.Equal(expected, await IdsAsync(new StoryFilter { Order = order }));
        Assert.Equal(expected.Reverse(), await IdsAsync(new StoryFilter { Order = order, IsDescending = true }));
        Assert.Equal(
            expected[3..8], await IdsAsync(new StoryFilter { Order = order, Offset = 3, Limit = 5 }));
        Assert.Equal(expected, await PagesAsync(new StoryFilter { Order = order, Limit = 7 }));
        Assert.Equal(
            expected.Reverse(), await PagesAsync(new StoryFilter { Order = order, IsDescending = true, Limit = 6 }));
    }

    [Fact]
    public async Task Pages_of_a_tag_are_full_and_writing_between_them_shifts_nothing()
    {
        var filter = new StoryFilter { AnyTag = ["even"], Limit = 4 };

        var first = await library.PageAsync(filter, null, Token);
        Assert.True(await library.DeleteAsync("s18", cancellationToken: Token));
        var second = await library.PageAsync(filter, first.Next, Token);
        var third = await library.PageAsync(filter, second.Next, Token);

        Assert.Equal(["s18", "s16", "s14", "s13"], first.Items.Select(story => story.Id));
        Assert.Equal(["s12", "s10", "s08", "s06"], second.Items.Select(story => story.Id));
        Assert.Equal(["s04", "s02", "s00"], third.Items.Select(story => story.Id));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task Titles_and_formats_filter_too()
    {
        _ = await library.SaveAsync(
            Make.Story(Make.Passage("a")) with { Id = "h", Name = "TITLES", Format = "Harlowe" },
            cancellationToken: Token);

        Assert.Equal(["h"], await IdsAsync(new StoryFilter { Format = "Harlowe" }));
        Assert.Equal(["h"], await IdsAsync(new StoryFilter { NamePrefix = "titleS" }));
        Assert.Equal(21, (await IdsAsync(new StoryFilter { NamePrefix = "TITLE" })).Count);
    }

    [Fact]
    public async Task A_story_that_somebody_has_spoiled_is_told_of_and_does_not_hide_the_others()
    {
        await SpoilAsync("stories", "s06");
        await SpoilAsync("story-contents", "s13");
        var told = new List<string>();
        using var heard = library.Events.On<StorageError>(error => told.Add($"{error.Operation} {error.Id}"));
        await using var fresh = new StoryLibrary(storage);
        using var alsoHeard = fresh.Events.On<StorageError>(error => told.Add($"{error.Operation} {error.Id}"));

        Assert.Equal(19, (await IdsAsync(new StoryFilter())).Count);
        Assert.Equal(19, (await IdsAsync(new StoryFilter { Order = StoryOrder.Words })).Count);
        Assert.Equal(10, (await IdsAsync(new StoryFilter { AnyTag = ["even"] })).Count);
        Assert.Equal(19, (await library.PageAsync(null, null, Token)).Items.Count);
        Assert.Equal(["list s06", "list s06", "list s06", "list s06"], told);
        told.Clear();
        var hits = await fresh.SearchAsync("Title", Token).Select(hit => hit.Story.Id).ToListAsync(Token);
        Assert.Equal(18, hits.Distinct().Count());
        Assert.Equal(["list s06", "search s13"], told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Filters_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => library.ListAsync(new StoryFilter { Offset = -1 }, Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => library.ListAsync(new StoryFilter { Limit = 0 }, Token));
        var page = await library.PageAsync(new StoryFilter { Limit = 3 }, null, Token);
        _ = await Assert.ThrowsAsync<ArgumentException>(async () => await library.PageAsync(
            new StoryFilter { Order = StoryOrder.Size, Limit = 3 }, page.Next, Token));
    }

    [Fact]
    public async Task Usage_adds_up_what_the_stories_take_and_clear_takes_it_all_away()
    {
        var all = await library.ListAsync(cancellationToken: Token).ToListAsync(Token);

        var usage = await library.UsageAsync(Token);
        var cleared = await library.ClearAsync(Token);

        Assert.Equal(new StoryUsage(20, all.Sum(story => story.Value.Bytes)), usage);
        Assert.InRange(usage.Bytes, 20 * 100, 20 * 2000);
        Assert.Equal(20, cleared);
        Assert.Equal(new StoryUsage(0, 0), await library.UsageAsync(Token));
        Assert.Equal(0, await library.ClearAsync(Token));
        Assert.False(await library.ExistsAsync("s01", Token));
    }

    // As a slip in an edit by hand does: the index entries stay.
    private async Task SpoilAsync(string collection, string id)
    {
        var key = new RecordKey(collection, id);
        var read = await storage.Store.ReadAsync(key, new ReadOptions { Detail = RecordDetail.Complete }, Token);
        var spoiled = new PutOperation(key, read[0]!.Value[..20])
        {
            Entries = read[0]!.Entries,
            Meta = read[0]!.Meta,
        };
        Assert.True((await storage.Store.CommitAsync(new Commit([spoiled]), Token)).IsCommitted);
    }

    private async Task<List<string>> IdsAsync(StoryFilter filter) =>
        await library.ListAsync(filter, Token).Select(story => story.Id).ToListAsync(Token);

    private async Task<List<string>> PagesAsync(StoryFilter filter)
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await library.PageAsync(filter, cursor, Token);
            Assert.True(page.Next is null || page.Items.Count == filter.Limit);
            ids.AddRange(page.Items.Select(story => story.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        return ids;
    }
}
