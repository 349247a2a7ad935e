namespace Undercroft.Stories.Tests;

/// <summary>Several stories in one change: all of them or none, large ones too.</summary>
public sealed class LibraryBatchTests : IAsyncDisposable
{
    private const int OperationsMax = 300;
    private readonly Storage storage = new(new SmallStore(new MemoryStore(), OperationsMax));
    private readonly StoryLibrary library;

    public LibraryBatchTests() =>
        library = new StoryLibrary(storage, new StoryLibraryOptions { CacheEntriesMax = 0 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SmallStore Store => (SmallStore)storage.Store;

    [Fact]
    public async Task Small_stories_are_one_commit_and_large_ones_become_visible_with_them_in_one()
    {
        var small = await library.SaveManyAsync([Small("a", "1"), Small("b", "1")], null, Token);
        var commits = storage.Statistics.Commits;
        _ = await library.SaveManyAsync([Small("a", "2"), Small("c", "2")], null, Token);
        Assert.Equal(1, storage.Statistics.Commits - commits);

        var large = await library.SaveManyAsync([Small("a", "3"), Large("x", "3"), Large("y", "3")], null, Token);

        Assert.Single(small.Concat(small).Select(story => story.Revision).Distinct());
        Assert.Single(large.Select(story => story.Revision).Distinct());
        var loaded = await library.LoadManyAsync(["x", "a", "nobody", "y", "b"], Token);
        Assert.Equal(
            ["3", "3", null, "3", "1"], loaded.Select(story => story?.Story.Passages[^1].Body.TrimEnd('.')));
        Assert.Equal([400, 1, 400, 1], loaded.OfType<StoredStory>().Select(story => story.Story.Passages.Count));
    }

    [Fact]
    public async Task A_batch_that_is_cut_off_anywhere_has_saved_all_of_its_stories_or_none()
    {
        Story[] Stories(string text) => [Small("a", text), Large("x", text), Small("b", text), Large("y", text)];
        _ = await library.SaveManyAsync(Stories("old"), null, Token);
        for (var commits = 0; ; commits++)
        {
            Store.FailAfter(commits);
            var text = $"new {commits}";
            var failure = await Record.ExceptionAsync(
                async () => await library.SaveManyAsync(Stories(text), null, Token));
            Store.FailAfter(int.MaxValue);

            var loaded = await library.LoadManyAsync(["a", "x", "b", "y"], Token);
            var bodies = loaded.SelectMany(story => story!.Story.Passages.Select(passage => passage.Body.TrimEnd('.')));
            var body = Assert.Single(bodies.Distinct());
            if (failure is null)
            {
                Assert.Equal(text, body);
                Assert.InRange(commits, 4, 30);
                break;
            }
        }
    }

    [Fact]
    public async Task One_story_that_is_not_as_expected_saves_none()
    {
        var none = new StorySaveOptions { Expected = Revision.None };
        _ = await library.SaveAsync(Small("b", "1"), none, Token);

        var error = await Assert.ThrowsAsync<RevisionConflictException>(
            async () => await library.SaveManyAsync([Small("a", "2"), Small("b", "2")], none, Token));

        Assert.Equal("b", error.Key.Id);
        Assert.False(await library.ExistsAsync("a", Token));
    }

    [Fact]
    public async Task Two_batches_over_the_same_stories_in_other_orders_wait_for_each_other_and_both_happen()
    {
        string[] ids = ["a", "b", "c", "d"];

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            async () => await library.SaveManyAsync(
                [.. (i % 2 == 0 ? ids : ids.Reverse()).Select(id => Small(id, $"{i}"))], null, Token),
            Token)));

        var loaded = await library.LoadManyAsync(ids, Token);
        Assert.Single(loaded.Select(story => story!.Story.Passages[0].Body).Distinct());
        Assert.Equal(20, library.Statistics.Saves.Count);
    }

    [Fact]
    public async Task What_cannot_be_one_change_is_refused_before_anything_is_written()
    {
        var revision = (await library.SaveAsync(Small("z", "1"), cancellationToken: Token)).Revision;

        var twice = await Assert.ThrowsAsync<ArgumentException>(
            async () => await library.SaveManyAsync([Small("a", "1"), Small("a", "2")], null, Token));
        var many = await Assert.ThrowsAsync<LimitExceededException>(async () => await library.SaveManyAsync(
            [.. Enumerable.Range(0, 200).Select(i => Small($"{i}", "1"))], null, Token));

        Assert.Contains("'a'", twice.Message, StringComparison.Ordinal);
        Assert.Equal("OperationsMax", many.Limit);
        Assert.Equal(1, await library.CountAsync(null, Token));
        var last = await library.SaveAsync(Small("z", "2"), cancellationToken: Token);
        Assert.Equal(revision.Value + 1, last.Revision.Value);
        Assert.Empty(await library.SaveManyAsync([], null, Token));
        Assert.Empty(await library.LoadManyAsync([], Token));
    }

    [Fact]
    public async Task A_story_grows_into_parts_and_shrinks_back_and_leaves_nothing_behind()
    {
        foreach (var passages in new[] { 1, 280, 400, 30, 290, 1, 400, 1 })
        {
            _ = await library.SaveAsync(Large("x", $"{passages}", passages), cancellationToken: Token);
            var story = (await library.LoadAsync("x", cancellationToken: Token))!.Story;
            var metadata = await library.GetMetadataAsync("x", Token);

            Assert.Equal(passages, story.Passages.Count);
            Assert.All(story.Passages, passage => Assert.StartsWith($"{passages}.", passage.Body));
            Assert.Equal(passages > 200, metadata!.Value.HasParts);
            Assert.Equal(passages > 200 ? passages : 0, await PartsAsync());
        }
    }

    [Fact]
    public async Task Only_the_changed_passages_of_a_story_in_parts_are_written()
    {
        var story = Large("x", "one", 250);
        _ = await library.SaveAsync(story, cancellationToken: Token);
        var written = storage.Statistics.BytesWritten;
        Passage[] passages = [.. story.Passages];
        passages[7] = passages[7] with { Body = "changed" };

        _ = await library.SaveAsync(story with { Passages = passages }, cancellationToken: Token);

        Assert.InRange(storage.Statistics.BytesWritten - written, 1000, 20_000);
        Assert.Equal("changed", (await library.LoadPassageAsync("x", "id-7", Token))!.Body);
        Assert.Equal(250, await PartsAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
    }

    private async Task<int> PartsAsync()
    {
        var request = new ScanRequest { Collection = "story-passages", Limit = 1000, Detail = RecordDetail.Keys };
        return (await storage.Store.ScanAsync(request, Token)).Items.Count;
    }

    private static Story Small(string id, string text) => Large(id, text, 1);

    private static Story Large(string id, string text, int passages = 400) => Make.Story(
        [.. Enumerable.Range(0, passages).Select(i => Make.Passage($"{i}", text.PadRight(300, '.')))]) with { Id = id };
}
