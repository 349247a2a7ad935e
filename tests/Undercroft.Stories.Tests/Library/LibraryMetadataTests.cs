using Undercroft.Testing;

namespace Undercroft.Stories.Tests;

/// <summary>Only what is given changes; tags are lost by nothing but a request to remove them.</summary>
public sealed class LibraryMetadataTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Dawn = new(2026, 1, 10, 6, 0, 0, TimeSpan.Zero);
    private readonly ManualClock clock = new(Dawn);
    private readonly Storage storage;
    private readonly StoryLibrary library;

    public LibraryMetadataTests()
    {
        storage = new Storage(
            new MemoryStore(clock: clock),
            new StorageOptions { Clock = clock, SweepInterval = Timeout.InfiniteTimeSpan });
        library = new StoryLibrary(storage);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Story Lamp { get; } =
        Make.Story(Make.Passage("Start", "dark")) with
        {
            Id = "lamp",
            Name = "Lamp",
            Tags = ["author", "", "two words"],
        };

    [Fact]
    public async Task A_new_story_begins_with_its_authors_tags_and_keeps_them_through_saves_and_imports()
    {
        var first = await library.SaveAsync(Lamp, cancellationToken: Token);
        var tagged = await library.SaveAsync(Lamp, new StorySaveOptions { Tags = ["z", "a", "z"] }, Token);
        var saved = await library.SaveAsync(Lamp with { Name = "Lamp 2", Tags = [] }, cancellationToken: Token);
        var loaded = await library.LoadAsync("lamp", new StoryLoadOptions { IsFresh = true }, Token);
        var cleared = await library.SaveAsync(Lamp, new StorySaveOptions { Tags = [] }, Token);

        Assert.Equal(["author", "two words"], first.Tags);
        Assert.Equal(["a", "z"], tagged.Tags);
        Assert.Equal(["a", "z"], saved.Tags);
        Assert.Equal(["a", "z"], loaded!.Tags);
        Assert.Empty(cleared.Tags);
    }

    [Fact]
    public async Task An_import_of_a_known_file_keeps_the_librarys_tags()
    {
        var file = Make.Bytes(":: StoryTitle\nLamp\n\n:: Start\ndark\n");
        var first = await library.ImportAsync(file, "lamp.twee", Token);
        var id = first.Stories[0].Summary.Id;
        _ = await library.UpdateMetadataAsync(id, new StoryMetadataPatch { Tags = ["mine"] }, Token);

        _ = await library.ImportAsync(Make.Bytes(":: StoryTitle\nLamp\n\n:: Start\nlight\n"), "lamp.twee", Token);

        var loaded = await library.LoadAsync(id, cancellationToken: Token);
        Assert.Equal(["mine"], loaded!.Tags);
        Assert.Equal("light", loaded.Story.Passages[0].Body);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        var saved = await library.SaveAsync(Lamp, new StorySaveOptions { Tags = ["a"] }, Token);
        clock.Advance(TimeSpan.FromHours(1));

        var renamed = await library.UpdateMetadataAsync("lamp", new StoryMetadataPatch { Name = "Lantern" }, Token);
        clock.Advance(TimeSpan.FromHours(1));
        var tagged = await library.UpdateMetadataAsync("lamp", new StoryMetadataPatch { Tags = ["b"] }, Token);
        var same = await library.UpdateMetadataAsync("lamp", new StoryMetadataPatch(), Token);

        Assert.Equal(("Lantern", "lantern", "lamp"), (renamed!.Value.Name, renamed.Value.NameKey, renamed.Id));
        Assert.Equal(["a"], renamed.Tags);
        Assert.Equal((Dawn, Dawn.AddHours(1)), (renamed.CreatedAt, renamed.UpdatedAt));
        Assert.Equal(("Lantern", Dawn), (tagged!.Value.Name, tagged.CreatedAt));
        Assert.Equal(["b"], tagged.Tags);
        Assert.Equal(tagged.Revision, same!.Revision);
        var loaded = await library.LoadAsync("lamp", cancellationToken: Token);
        Assert.Equal(("Lantern", "dark"), (loaded!.Story.Name, loaded.Story.Passages[0].Body));
        Assert.Equal((tagged.Revision, Dawn, Dawn.AddHours(2)), (loaded.Revision, loaded.CreatedAt, loaded.UpdatedAt));
        Assert.Equal(Lamp.Tags, loaded.Story.Tags);
        Assert.NotEqual(saved.Revision, loaded.Revision);
    }

    [Fact]
    public async Task A_patch_of_nothing_there_or_from_an_old_revision_changes_nothing()
    {
        var saved = await library.SaveAsync(Lamp, cancellationToken: Token);
        var named = await library.UpdateMetadataAsync("lamp", new StoryMetadataPatch { Name = "A" }, Token);

        Assert.Null(await library.UpdateMetadataAsync("x", new StoryMetadataPatch { Name = "B" }, Token));
        Assert.Null(await library.UpdateMetadataAsync("x", new StoryMetadataPatch { Tags = ["B"] }, Token));
        foreach (var patch in new StoryMetadataPatch[] { new() { Name = "B" }, new() { Tags = ["B"] } })
        {
            _ = await Assert.ThrowsAsync<RevisionConflictException>(async () => await library.UpdateMetadataAsync(
                "lamp", patch with { Expected = saved.Revision }, Token));
        }

        Assert.Equal(named!.Revision, (await library.GetMetadataAsync("lamp", Token))!.Revision);
        Assert.False(await library.ExistsAsync("x", Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    [InlineData("<half>")]
    [InlineData("a tag of more than sixty-four characters is a sentence, and no tag")]
    public async Task What_is_no_tag_is_refused_before_anything_is_written(string text)
    {
        // An attribute cannot hold half of a pair.
        var tag = text.Replace("<half>", "\ud800", StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<ArgumentException>(
            async () => await library.SaveAsync(Lamp, new StorySaveOptions { Tags = ["good", tag] }, Token));
        _ = await Assert.ThrowsAsync<ArgumentException>(
            async () => await library.UpdateMetadataAsync("lamp", new StoryMetadataPatch { Tags = [tag] }, Token));

        Assert.False(await library.ExistsAsync("lamp", Token));
    }

    [Fact]
    public async Task An_export_brings_story_tags_and_identity_to_another_library()
    {
        _ = await library.SaveAsync(Lamp, new StorySaveOptions { Tags = ["kept"] }, Token);
        var export = await library.ExportAsync("lamp", Token);
        await using var other = new Storage(new MemoryStore());
        await using var target = new StoryLibrary(other);
        _ = await target.SaveAsync(Lamp with { Name = "Older", Passages = [] }, cancellationToken: Token);

        var imported = await target.ImportAsync(export!, "lamp.json", Token);

        var (before, after) = (
            await library.LoadAsync("lamp", cancellationToken: Token),
            await target.LoadAsync("lamp", cancellationToken: Token));
        Assert.False(Assert.Single(imported.Stories).IsNew);
        Assert.Equal(["kept"], after!.Tags);
        Assert.Equal(StoryJson.Write(before!.Story), StoryJson.Write(after.Story));
        Assert.Null(await library.ExportAsync("nobody", Token));
    }

    [Fact]
    public async Task A_cut_off_export_is_refused_with_its_name()
    {
        _ = await library.SaveAsync(Lamp, cancellationToken: Token);
        var export = await library.ExportAsync("lamp", Token);

        var error = await Assert.ThrowsAsync<StoryFormatException>(
            async () => await library.ImportAsync(export.AsMemory(0, export!.Length - 9), "lamp.json", Token));

        Assert.Contains("export", error.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
    }
}
