using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>A shelf does the same on every backend; a binding below names one.</summary>
public abstract class StoryShelfTests : IAsyncLifetime
{
    private const int OperationsMax = 300;

    private static readonly string[] Collections =
        ["stories", "story-contents", "story-pages", "story-passages", "story-saves"];

    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-shelf-").FullName;
    private Storage storage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SmallStore Small => (SmallStore)storage.Store;

    protected abstract string Address(string folder);

    public async ValueTask InitializeAsync()
    {
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        var store = await schemes.OpenAsync(Address(folder), TimeProvider.System, Token);
        storage = new Storage(new SmallStore(store, OperationsMax));
    }

    public async ValueTask DisposeAsync()
    {
        await storage.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_story_of_the_repository_is_imported_listed_found_exported_and_deleted()
    {
        var shelf = new StoryShelf(storage);
        foreach (var file in Samples.Files())
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            var imported = await shelf.ImportAsync(bytes, Path.GetFileName(file), Token);
            var import = Assert.Single(imported.Stories);
            var loaded = await shelf.LoadAsync(import.Summary.Id, Token);
            var format = file.EndsWith(".html", StringComparison.Ordinal) ? StoryFormats.TwineHtml : StoryFormats.Twee3;

            Assert.True(import.IsNew);
            Assert.Equal(bytes, StoryFormats.Write([loaded!], format).Bytes.ToArray());
        }

        var listed = await shelf.ListAsync(Token).ToListAsync(Token);
        Assert.Equal(Samples.Files().Count, listed.Count);
        Assert.Equal(listed.OrderBy(story => story.Value.NameKey, StringComparer.Ordinal), listed);
        Assert.All(listed, story => Assert.InRange(story.Value.Passages, 10, 24));
        var found = await shelf.FindAsync(listed[0].Value.Name.ToUpperInvariant(), Token);
        Assert.Equal(listed[0].Id, Assert.Single(found).Id);
        Assert.True(await shelf.DeleteAsync(listed[0].Id, Token));
        Assert.False(await shelf.DeleteAsync(listed[0].Id, Token));
        Assert.Null(await shelf.LoadAsync(listed[0].Id, Token));
        Assert.Equal(listed.Count - 1, await shelf.ListAsync(Token).CountAsync(Token));
    }

    [Fact]
    public async Task Every_page_of_the_cookbook_comes_back_byte_for_byte()
    {
        var shelf = new StoryShelf(storage);
        var stories = new List<(string Id, byte[] Bytes)>();
        foreach (var file in Corpus.Twine2())
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            var imported = await shelf.ImportAsync(bytes, Path.GetFileName(file), Token);
            stories.Add((Assert.Single(imported.Stories).Summary.Id, bytes));
        }

        foreach (var (id, bytes) in stories)
        {
            var story = await shelf.LoadAsync(id, Token);

            Assert.Equal(bytes, TwineHtmlWriter.Write(story!, verify: false).Bytes.ToArray());
        }

        Assert.Equal(stories.Count, stories.DistinctBy(story => story.Id).Count());
        Assert.Equal(stories.Count, await shelf.ListAsync(Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_second_import_keeps_ids_and_writes_only_what_changed()
    {
        const string Title = ":: StoryTitle\nLamp\n\n:: Start\n";
        const string Before = Title + "[[Go->Attic]]\n\n:: Attic\nIt is dark up here.\n\n:: End\nBye.\n";
        const string After = Title + "[[Go->Loft]]\n\n:: Loft\nIt is dark up here.\n\n:: New\nHi.\n";
        var shelf = new StoryShelf(storage);
        var first = await shelf.ImportAsync(Make.Bytes(Before), "lamp.twee", Token);
        var known = await shelf.LoadAsync(first.Stories[0].Summary.Id, Token);

        var same = await shelf.ImportAsync(Make.Bytes(Before), "lamp.twee", Token);
        var second = await shelf.ImportAsync(Make.Bytes(After), "lamp.twee", Token);

        var story = await shelf.LoadAsync(first.Stories[0].Summary.Id, Token);
        Assert.Equal((false, 0), (same.Stories[0].IsNew, same.Stories[0].PassagesChanged));
        Assert.Equal((false, 3), (second.Stories[0].IsNew, second.Stories[0].PassagesChanged));
        Assert.Equal(known!.Passages[0].Id, story!.Passages[0].Id);
        Assert.Equal(known.Passages[1].Id, story.Passages[1].Id);
        Assert.DoesNotContain(story.Passages[2].Id, known.Passages.Select(passage => passage.Id));
        Assert.Equal("Loft", (await shelf.LoadPassageAsync(story.Id, known.Passages[1].Id, Token))!.Name);
        Assert.Null(await shelf.LoadPassageAsync(story.Id, known.Passages[2].Id, Token));
        Assert.Equal(After, Make.Text(TweeWriter.Write(story)));
    }

    [Fact]
    public async Task Two_stories_that_only_share_a_name_are_both_kept()
    {
        var shelf = new StoryShelf(storage);

        var first = await shelf.ImportAsync(Make.Bytes(":: StoryTitle\nUntitled\n\n:: One\n1\n"), "a.twee", Token);
        var second = await shelf.ImportAsync(Make.Bytes(":: StoryTitle\nUntitled\n\n:: Two\n2\n"), "b.twee", Token);

        Assert.True(second.Stories[0].IsNew);
        Assert.NotEqual(first.Stories[0].Summary.Id, second.Stories[0].Summary.Id);
        Assert.Equal(2, (await shelf.FindAsync("untitled", Token)).Count);
        Assert.Equal(2, (await shelf.FindAsync("UNT", Token)).Count);
    }

    [Fact]
    public async Task A_copy_beside_its_original_in_one_archive_is_a_story_of_its_own_and_stays_it()
    {
        const string One = "<tw-storydata name=\"A\" ifid=\"AAAAAAAA\"><tw-passagedata name=\"P\">";
        const string End = "</tw-passagedata></tw-storydata>\n";
        var shelf = new StoryShelf(storage);

        var first = await shelf.ImportAsync(Make.Bytes(One + "1" + End + One + "2" + End), "archive.html", Token);
        var second = await shelf.ImportAsync(Make.Bytes(One + "1" + End + One + "3" + End), "archive.html", Token);

        Assert.Equal(["AAAAAAAA", "AAAAAAAA-2"], first.Stories.Select(import => import.Summary.Id));
        Assert.Equal(["AAAAAAAA", "AAAAAAAA-2"], second.Stories.Select(import => import.Summary.Id));
        Assert.Equal([0, 1], second.Stories.Select(import => import.PassagesChanged));
        Assert.Equal("3", (await shelf.LoadAsync("AAAAAAAA-2", Token))!.Passages[0].Body);
    }

    [Fact]
    public async Task A_search_names_story_passage_and_line()
    {
        var shelf = new StoryShelf(storage);
        _ = await shelf.ImportAsync(
            Make.Bytes(":: StoryTitle\nLamp\n\n:: Attic [dusty]\nfirst\nan old LÄMPCHEN here\n"), "lamp.twee", Token);

        var hits = await shelf.SearchAsync("lämpchen", Token).ToListAsync(Token);
        var all = await shelf.SearchAsync("t", Token).ToListAsync(Token);

        var hit = Assert.Single(hits);
        Assert.Equal(("Lamp", "Attic", 2), (hit.Story.Name, hit.Hit.PassageName, hit.Hit.Line!.Value));
        Assert.Equal("LÄMPCHEN", hit.Hit.Excerpt.Substring(hit.Hit.Start, hit.Hit.Length));
        Assert.Equal(
            [StorySearchPlace.PassageName, StorySearchPlace.PassageTag, StorySearchPlace.Body],
            all.Select(found => found.Hit.Place));
    }

    [Fact]
    public async Task Statistics_are_those_of_the_story()
    {
        var shelf = new StoryShelf(storage);
        var imported = await shelf.ImportAsync(
            Make.Bytes(":: Start\nGo [[On]] and [[Nowhere]].\n\n:: On\nx\n"), null, Token);

        var statistics = await shelf.StatisticsAsync(imported.Stories[0].Summary.Id, Token);

        Assert.Equal((2, 2), (statistics!.Passages, statistics.Links));
        Assert.Equal("Nowhere", Assert.Single(statistics.BrokenLinks).Target);
        Assert.Null(await shelf.StatisticsAsync("nobody", Token));
    }

    [Fact]
    public async Task A_story_with_more_passages_than_a_commit_holds_is_saved_changed_and_deleted_whole()
    {
        var shelf = new StoryShelf(storage);
        var count = OperationsMax + 150;

        var saved = await shelf.SaveAsync(Big(count, "first"), Token);
        var changed = await shelf.SaveAsync(Big(count, "second"), Token);
        var story = await shelf.LoadAsync("big", Token);
        var few = await shelf.SaveAsync(story! with { Passages = [.. story.Passages.Take(count - 5)] }, Token);
        var one = await shelf.SaveAsync(Big(1, "third"), Token);

        Assert.Equal((true, count), (saved.IsNew, saved.PassagesChanged));
        Assert.Equal((false, count), (changed.IsNew, changed.PassagesChanged));
        Assert.All(story.Passages, passage => Assert.Equal("second", passage.Body));
        Assert.Equal((0, 1), (few.PassagesChanged, one.PassagesChanged));
        Assert.Equal("third", Assert.Single((await shelf.LoadAsync("big", Token))!.Passages).Body);
        Assert.Single(await RecordsAsync("story-passages"));
        Assert.True(await shelf.DeleteAsync("big", Token));
        Assert.Empty(await RecordsAsync(Collections));
    }

    [Fact]
    public async Task A_save_that_is_cut_off_anywhere_leaves_the_story_as_it_was_or_as_it_will_be()
    {
        var shelf = new StoryShelf(storage);
        var count = OperationsMax + 150;
        _ = await shelf.SaveAsync(Big(count, "old"), Token);
        var cuts = 0;
        for (var commits = 0; ; commits++, cuts++)
        {
            Small.FailAfter(commits);
            var story = Big(count, $"new {commits}");
            var failure = await Record.ExceptionAsync(async () => await shelf.SaveAsync(story, Token));
            Small.FailAfter(int.MaxValue);

            var bodies = (await shelf.LoadAsync("big", Token))!.Passages.Select(passage => passage.Body);
            Assert.Single(bodies.Distinct());
            if (failure is null)
            {
                Assert.Equal(count, (await RecordsAsync("story-passages")).Count);
                break;
            }
        }

        Assert.InRange(cuts, 4, 20);
        Assert.True(await shelf.DeleteAsync("big", Token));
        Assert.Empty(await RecordsAsync(Collections));
    }

    [Fact]
    public async Task Readers_see_a_story_before_or_after_a_save_and_never_between()
    {
        var shelf = new StoryShelf(storage);
        _ = await shelf.SaveAsync(Big(40, "0"), Token);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(
            async () =>
            {
                var seen = new HashSet<string>();
                while (!done.IsCancellationRequested)
                {
                    var story = await shelf.LoadAsync("big", Token);
                    _ = seen.Add(Assert.Single(story!.Passages.Select(passage => passage.Body).Distinct()));
                }

                return seen;
            },
            Token);

        await Task.WhenAll(Enumerable.Range(1, 12).Select(n => shelf.SaveAsync(Big(40, $"{n}"), Token).AsTask()));
        await done.CancelAsync();

        Assert.NotEmpty(await reader);
        Assert.Single((await shelf.LoadAsync("big", Token))!.Passages.Select(passage => passage.Body).Distinct());
    }

    [Fact]
    public async Task A_passage_id_that_is_there_twice_is_refused_before_anything_is_written()
    {
        var shelf = new StoryShelf(storage);
        var story = Make.Story(Make.Passage("One"), Make.Passage("One"));

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await shelf.SaveAsync(story, Token));

        Assert.Contains("'id-One'", error.Message, StringComparison.Ordinal);
        Assert.Null(await shelf.LoadAsync(story.Id, Token));
    }

    [Fact]
    public async Task An_unreadable_file_changes_nothing()
    {
        var shelf = new StoryShelf(storage);

        _ = await Assert.ThrowsAsync<StoryFormatException>(
            async () => await shelf.ImportAsync(Encoding.UTF8.GetBytes("no story"), "notes.txt", Token));

        Assert.Equal(0, await shelf.ListAsync(Token).CountAsync(Token));
    }

    private static Story Big(int passages, string body) => Make.Story(
        [.. Enumerable.Range(0, passages).Select(i => Make.Passage($"{i}", body))]) with { Id = "big" };

    private async Task<IReadOnlyList<string>> RecordsAsync(params string[] collections)
    {
        var keys = new List<string>();
        foreach (var collection in collections)
        {
            var request = new ScanRequest { Collection = collection, Limit = 1000, Detail = RecordDetail.Keys };
            var page = await storage.Store.ScanAsync(request, Token);
            keys.AddRange(page.Items.Select(item => item.Record.Key.ToString()));
        }

        return keys;
    }

    public sealed class OnMemory : StoryShelfTests
    {
        protected override string Address(string folder) => "memory:";
    }

    public sealed class OnSqlite : StoryShelfTests
    {
        protected override string Address(string folder) => "sqlite:" + Path.Combine(folder, "stories.db");
    }

    public sealed class OnFiles : StoryShelfTests
    {
        protected override string Address(string folder) => "file:" + Path.Combine(folder, "stories");
    }
}
