namespace Undercroft.Stories.Tests;

/// <summary>Stories nobody should have written: each is kept as it is, or refused whole with a reason.</summary>
public abstract class LibraryBadInputTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-bad-").FullName;
    private Storage storage = null!;
    private StoryLibrary library = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract string Address(string folder);

    public async ValueTask InitializeAsync()
    {
        storage = await Storage.OpenAsync(
            Address(folder), new StoreSchemes().AddSqlite().AddFiles(), null, Token);
        library = new StoryLibrary(storage, new StoryLibraryOptions { CacheEntriesMax = 0 });
    }

    public async ValueTask DisposeAsync()
    {
        await library.DisposeAsync();
        await storage.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("x' OR '1'='1")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("CON")]
    [InlineData(" ")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("Ünï © 物語 🏮")]
    public async Task Any_text_is_an_id_of_its_own(string id)
    {
        await SaveAsync(Large("bystander", 2000));
        await SaveAsync(Small("bystander-2"));

        await SaveAsync(Small(id));
        await SaveAsync(Large(id, 300));
        Assert.True(await library.DeleteAsync(id, cancellationToken: Token));

        Assert.Equal(2000, (await LoadAsync("bystander"))!.Passages.Count);
        Assert.Equal(2, await library.CountAsync(null, Token));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(folder)!, "*evil*"));
    }

    [Fact]
    public async Task Ids_that_run_into_each_other_do_not_share_parts()
    {
        // 'a' with a passage 'b/c', 'a/b' with a passage 'c', and the text that one of them is escaped to.
        string[] ids = ["a", "a/b", "a/", "a%2Fb", "a~1", "A"];
        foreach (var id in ids)
        {
            await SaveAsync(Large(id, 250) with { Name = id });
        }

        Assert.True(await library.DeleteAsync("a", cancellationToken: Token));

        foreach (var id in ids[1..])
        {
            Assert.Equal(Large(id, 250).Passages, (await LoadAsync(id))!.Passages, Same);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nul\0")]
    [InlineData("half <half>")]
    public async Task What_no_store_can_keep_as_an_id_is_refused(string text)
    {
        // An attribute cannot hold half of a pair.
        var id = text.Replace("<half>", "\ud800", StringComparison.Ordinal);
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await SaveAsync(Small(id)));
        Assert.Equal(0, await library.CountAsync(null, Token));
    }

    [Fact]
    public async Task An_id_of_the_full_length_is_kept_whole_and_refused_where_its_parts_could_not_be_named()
    {
        var id = new string('i', RecordKey.IdBytesMax);

        await SaveAsync(Small(id));
        _ = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await SaveAsync(Large(id, 250)));

        Assert.Equal(StoryJson.Write(Small(id)), StoryJson.Write((await LoadAsync(id))!));
    }

    [Fact]
    public async Task Repeated_passage_ids_are_refused_and_repeated_names_kept()
    {
        var story = Make.Story(
            Make.Passage("A"), Make.Passage("A") with { Id = "other" }, Make.Passage("A") with { Id = "" });
        await SaveAsync(story);

        _ = await Assert.ThrowsAsync<ArgumentException>(
            async () => await SaveAsync(story with { Passages = [.. story.Passages, Make.Passage("A")] }));

        Assert.Equal(["id-A", "other", ""], (await LoadAsync("story"))!.Passages.Select(passage => passage.Id));
    }

    [Fact]
    public async Task A_start_that_is_not_there_and_no_passages_at_all_are_kept_as_they_are()
    {
        await SaveAsync(Small("lost") with { StartId = "gone", StartUnresolved = "Gone" });
        await SaveAsync(Make.Story() with { Id = "empty" });

        Assert.Equal("gone", (await LoadAsync("lost"))!.StartId);
        Assert.Empty((await LoadAsync("empty"))!.Passages);
        Assert.NotNull(await library.StatisticsAsync("lost", Token));
        Assert.Equal(0, (await library.StatisticsAsync("empty", Token))!.Passages);
    }

    [Fact]
    public async Task Half_of_a_pair_becomes_the_replacement_character_and_the_save_says_so()
    {
        var stored = await library.SaveAsync(
            Make.Story(Make.Passage("A", "x\ud800y"), Make.Passage("B", "\uFFFD")), cancellationToken: Token);

        Assert.Equal(["x\uFFFDy", "\uFFFD"], stored.Story.Passages.Select(passage => passage.Body));
        Assert.Equal(StoryJson.Write(stored.Story), StoryJson.Write((await LoadAsync("story"))!));
    }

    [Fact]
    public async Task A_large_save_says_what_became_of_half_of_a_pair_too()
    {
        var story = Large("large", 300);
        var passage = story.Passages[7] with { Body = "x\ud800y" };

        var stored = await library.SaveAsync(
            story with { Passages = [.. story.Passages.Take(7), passage, .. story.Passages.Skip(8)] },
            cancellationToken: Token);

        Assert.Equal("x\uFFFDy", stored.Story.Passages[7].Body);
        Assert.Equal(StoryJson.Write(stored.Story), StoryJson.Write((await LoadAsync("large"))!));
    }

    [Fact]
    public async Task Half_of_a_pair_in_a_file_is_a_loss_of_its_import()
    {
        var file = """
            {"metadata": {"title": "Halves"}, "startPassage": "a",
             "passages": [{"id": "a", "title": "A", "content": "x\udc00", "choices": []}]}
            """u8.ToArray();

        var preview = StoryLibrary.Preview(file, "halves.json");
        var import = await library.ImportAsync(file, "halves.json", Token);

        Assert.True(StoryFormats.Read(file, "halves.json").Report.Lossless);
        foreach (var report in new[] { preview.Report, import.Report })
        {
            Assert.False(report.Lossless);
            var entry = Assert.Single(report.Entries, static entry => entry.Code == "TEXT-SURROGATE");
            Assert.Equal((preview.Stories[0].Id, "A"), (entry.StoryId, entry.Node));
        }
    }

    [Fact]
    public async Task A_hundred_thousand_passages_are_saved_loaded_and_deleted()
    {
        var story = Large("many", 100_000);

        await SaveAsync(story);
        var changed = story with { Passages = [.. story.Passages.Skip(1), Make.Passage("new", "new")] };
        await SaveAsync(changed);

        var loaded = (await LoadAsync("many"))!;
        Assert.Equal(changed.Passages, loaded.Passages, Same);
        Assert.Equal(100_000, (await library.GetMetadataAsync("many", Token))!.Value.Passages);
        Assert.True(await library.DeleteAsync("many", cancellationToken: Token));
        Assert.Equal(new StoryUsage(0, 0), await library.UsageAsync(Token));
    }

    [Fact]
    public async Task A_passage_of_ten_megabytes_is_kept_and_one_too_large_for_the_store_refused_before_any_write()
    {
        var story = Make.Story(Make.Passage("A", new string('a', 10_000_000)), Make.Passage("B", "b"));
        await SaveAsync(story);

        var tooLarge = story with { Passages = [.. story.Passages, Make.Passage("C", new string('c', 17_000_000))] };
        var error = await Assert.ThrowsAsync<LimitExceededException>(async () => await SaveAsync(tooLarge));

        Assert.Contains("'C'", error.Message, StringComparison.Ordinal);
        var loaded = (await LoadAsync("story"))!;
        Assert.Equal(story.Passages, loaded.Passages, Same);
    }

    private static bool Same(Passage one, Passage other) => (one.Id, one.Body) == (other.Id, other.Body);

    private static Story Small(string id) => Make.Story(Make.Passage("A", "text")) with { Id = id };

    private static Story Large(string id, int passages) => Make.Story(
        [
            .. Enumerable.Range(0, passages).Select(i => new Passage
            {
                Id = i % 2 == 0 ? $"b/c{i}" : $"~{i}.1",
                Name = $"{i}",
                Body = $"{i} of {id} ".PadRight(300, '.'),
            }),
        ]) with { Id = id };

    private async Task SaveAsync(Story story) => await library.SaveAsync(story, cancellationToken: Token);

    private async Task<Story?> LoadAsync(string id) =>
        (await library.LoadAsync(id, cancellationToken: Token))?.Story;

    public sealed class OnMemory : LibraryBadInputTests
    {
        protected override string Address(string folder) => "memory:";
    }

    public sealed class OnSqlite : LibraryBadInputTests
    {
        protected override string Address(string folder) => "sqlite:" + Path.Combine(folder, "stories.db");
    }

    public sealed class OnFiles : LibraryBadInputTests
    {
        protected override string Address(string folder) => "file:" + Path.Combine(folder, "stories");
    }
}
