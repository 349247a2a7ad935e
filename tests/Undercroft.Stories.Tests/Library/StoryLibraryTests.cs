using System.Text;

namespace Undercroft.Stories.Tests;

/// <summary>A library does the same on every backend; a binding below names one.</summary>
public abstract class StoryLibraryTests : IAsyncLifetime
{
    private const int OperationsMax = 300;

    private static readonly string[] Collections =
        ["stories", "story-contents", "story-pages", "story-passages", "story-saves"];

    private readonly string folder = Directory.CreateTempSubdirectory("undercroft-library-").FullName;
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
        await using var library = new StoryLibrary(storage);
        foreach (var file in Samples.Files())
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            var imported = await library.ImportAsync(bytes, Path.GetFileName(file), Token);
            var import = Assert.Single(imported.Stories);
            var loaded = await StoryAsync(library, import.Summary.Id);
            var format = file.EndsWith(".html", StringComparison.Ordinal) ? StoryFormats.TwineHtml : StoryFormats.Twee3;

            Assert.True(import.IsNew);
            Assert.Equal(bytes, StoryFormats.Write([loaded!], format).Bytes.ToArray());
        }

        var listed = await library.ListAsync(cancellationToken: Token).ToListAsync(cancellationToken: Token);
        Assert.Equal(Samples.Files().Count, listed.Count);
        Assert.Equal(listed.OrderBy(story => story.Value.NameKey, StringComparer.Ordinal), listed);
        Assert.All(listed, story => Assert.InRange(story.Value.Passages, 10, 24));
        var found = await library.FindAsync(listed[0].Value.Name.ToUpperInvariant(), Token);
        Assert.Equal(listed[0].Id, Assert.Single(found).Id);
        Assert.True(await library.DeleteAsync(listed[0].Id, cancellationToken: Token));
        Assert.False(await library.DeleteAsync(listed[0].Id, cancellationToken: Token));
        Assert.Null(await StoryAsync(library, listed[0].Id));
        Assert.Equal(listed.Count - 1, await library.ListAsync(cancellationToken: Token).CountAsync(Token));
    }

    [Fact]
    public async Task Every_page_of_the_cookbook_comes_back_byte_for_byte()
    {
        await using var library = new StoryLibrary(storage);
        var stories = new List<(string Id, byte[] Bytes)>();
        foreach (var file in Corpus.Twine2())
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            var imported = await library.ImportAsync(bytes, Path.GetFileName(file), Token);
            stories.Add((Assert.Single(imported.Stories).Summary.Id, bytes));
        }

        foreach (var (id, bytes) in stories)
        {
            var story = await StoryAsync(library, id);

            Assert.Equal(bytes, TwineHtmlWriter.Write(story!, verify: false).Bytes.ToArray());
        }

        Assert.Equal(stories.Count, stories.DistinctBy(story => story.Id).Count());
        Assert.Equal(stories.Count, await library.ListAsync(cancellationToken: Token).CountAsync(Token));
    }

    [Fact]
    public async Task A_second_import_keeps_ids_and_writes_only_what_changed()
    {
        const string Title = ":: StoryTitle\nLamp\n\n:: Start\n";
        const string Before = Title + "[[Go->Attic]]\n\n:: Attic\nIt is dark up here.\n\n:: End\nBye.\n";
        const string After = Title + "[[Go->Loft]]\n\n:: Loft\nIt is dark up here.\n\n:: New\nHi.\n";
        await using var library = new StoryLibrary(storage);
        var first = await library.ImportAsync(Make.Bytes(Before), "lamp.twee", Token);
        var known = await StoryAsync(library, first.Stories[0].Summary.Id);

        var same = await library.ImportAsync(Make.Bytes(Before), "lamp.twee", Token);
        var second = await library.ImportAsync(Make.Bytes(After), "lamp.twee", Token);

        var story = await StoryAsync(library, first.Stories[0].Summary.Id);
        Assert.Equal((false, 0), (same.Stories[0].IsNew, same.Stories[0].PassagesChanged));
        Assert.Equal((false, 3), (second.Stories[0].IsNew, second.Stories[0].PassagesChanged));
        Assert.Equal((0, 1), (same.Stories[0].PassagesRemoved, second.Stories[0].PassagesRemoved));
        Assert.Equal(known!.Passages[0].Id, story!.Passages[0].Id);
        Assert.Equal(known.Passages[1].Id, story.Passages[1].Id);
        Assert.DoesNotContain(story.Passages[2].Id, known.Passages.Select(passage => passage.Id));
        Assert.Equal("Loft", (await library.LoadPassageAsync(story.Id, known.Passages[1].Id, Token))!.Name);
        Assert.Null(await library.LoadPassageAsync(story.Id, known.Passages[2].Id, Token));
        Assert.Equal(After, Make.Text(TweeWriter.Write(story)));
    }

    [Fact]
    public async Task A_page_that_is_cut_off_updates_a_known_story_only_where_that_is_accepted()
    {
        const string One = "<tw-storydata name=\"A\" ifid=\"AAAAAAAA\"><tw-passagedata name=\"P\">1</tw-passagedata>";
        const string Two = "<tw-passagedata name=\"Q\">2</tw-passagedata>";
        await using var library = new StoryLibrary(storage);
        _ = await library.ImportAsync(Make.Bytes(One + Two + "</tw-storydata>"), "a.html", Token);

        var error = await Assert.ThrowsAsync<StoryCutOffException>(
            async () => await library.ImportAsync(Make.Bytes(One), "a.html", Token));
        var kept = await StoryAsync(library, "AAAAAAAA");
        var nothing = await library.ImportAsync(Make.Bytes(One + Two), "a.html", Token);
        var accepted = await library.ImportAsync(
            Make.Bytes(One), "a.html", new StoryImportOptions { CutOffAccepted = [error.StoryId] }, Token);

        Assert.Equal(("AAAAAAAA", "a.html", 1), (error.StoryId, error.File, error.Line));
        Assert.Equal(2, kept!.Passages.Count);
        Assert.Equal((0, 0), (nothing.Stories[0].PassagesChanged, nothing.Stories[0].PassagesRemoved));
        Assert.Equal(1, accepted.Stories[0].PassagesRemoved);
    }

    [Fact]
    public async Task What_is_disposed_says_so()
    {
        var library = new StoryLibrary(storage);
        var autosave = new StoryAutosave(library);
        _ = await autosave.OpenAsync("s", Token);
        await autosave.DisposeAsync();
        await library.DisposeAsync();

        _ = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await library.LoadAsync("s", null, Token));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await library.SaveAsync(Make.Twee(":: Start\nx\n"), null, Token));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await library.UsageAsync(Token));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await autosave.SaveAllAsync(Token));
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await autosave.SaveNowAsync("s", Token));
        await library.DisposeAsync();
    }

    [Fact]
    public async Task Two_stories_that_only_share_a_name_are_both_kept()
    {
        await using var library = new StoryLibrary(storage);

        var first = await library.ImportAsync(Make.Bytes(":: StoryTitle\nUntitled\n\n:: One\n1\n"), "a.twee", Token);
        var second = await library.ImportAsync(Make.Bytes(":: StoryTitle\nUntitled\n\n:: Two\n2\n"), "b.twee", Token);

        Assert.True(second.Stories[0].IsNew);
        Assert.NotEqual(first.Stories[0].Summary.Id, second.Stories[0].Summary.Id);
        Assert.Equal(2, (await library.FindAsync("untitled", Token)).Count);
        Assert.Equal(2, (await library.FindAsync("UNT", Token)).Count);
    }

    [Fact]
    public async Task A_copy_beside_its_original_in_one_archive_is_a_story_of_its_own_and_stays_it()
    {
        const string One = "<tw-storydata name=\"A\" ifid=\"AAAAAAAA\"><tw-passagedata name=\"P\">";
        const string End = "</tw-passagedata></tw-storydata>\n";
        await using var library = new StoryLibrary(storage);

        var first = await library.ImportAsync(Make.Bytes(One + "1" + End + One + "2" + End), "archive.html", Token);
        var second = await library.ImportAsync(Make.Bytes(One + "1" + End + One + "3" + End), "archive.html", Token);

        Assert.Equal(["AAAAAAAA", "AAAAAAAA-2"], first.Stories.Select(import => import.Summary.Id));
        Assert.Equal(["AAAAAAAA", "AAAAAAAA-2"], second.Stories.Select(import => import.Summary.Id));
        Assert.Equal([0, 1], second.Stories.Select(import => import.PassagesChanged));
        Assert.Equal("3", (await StoryAsync(library, "AAAAAAAA-2"))!.Passages[0].Body);
    }

    [Fact]
    public async Task A_search_names_story_passage_and_line()
    {
        await using var library = new StoryLibrary(storage);
        _ = await library.ImportAsync(
            Make.Bytes(":: StoryTitle\nLamp\n\n:: Attic [dusty]\nfirst\nan old LÄMPCHEN here\n"), "lamp.twee", Token);

        var hits = await library.SearchAsync("lämpchen", Token).ToListAsync(cancellationToken: Token);
        var all = await library.SearchAsync("t", Token).ToListAsync(cancellationToken: Token);

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
        await using var library = new StoryLibrary(storage);
        var imported = await library.ImportAsync(
            Make.Bytes(":: Start\nGo [[On]] and [[Nowhere]].\n\n:: On\nx\n"), null, Token);

        var statistics = await library.StatisticsAsync(imported.Stories[0].Summary.Id, Token);

        Assert.Equal((2, 2), (statistics!.Passages, statistics.Links));
        Assert.Equal("Nowhere", Assert.Single(statistics.BrokenLinks).Target);
        Assert.Null(await library.StatisticsAsync("nobody", Token));
    }

    [Fact]
    public async Task A_story_with_more_passages_than_a_commit_holds_is_saved_changed_and_deleted_whole()
    {
        await using var library = new StoryLibrary(storage);
        var count = OperationsMax + 150;

        var saved = await library.SaveAsync(Big(count, "first"), cancellationToken: Token);
        var changed = await library.SaveAsync(Big(count, "second"), cancellationToken: Token);
        var story = await StoryAsync(library, "big");
        var less = story! with { Passages = [.. story.Passages.Take(count - 5)] };
        var few = await library.SaveAsync(less, cancellationToken: Token);
        var one = await library.SaveAsync(Big(1, "third"), cancellationToken: Token);

        Assert.True(saved.Revision.Value < changed.Revision.Value && changed.Revision.Value < few.Revision.Value);
        Assert.Equal([saved.CreatedAt, saved.CreatedAt], [few.CreatedAt, one.CreatedAt]);
        Assert.All(story.Passages, passage => Assert.Equal(Long("second"), passage.Body));
        Assert.Equal(Long("third"), Assert.Single((await StoryAsync(library, "big"))!.Passages).Body);
        Assert.Empty(await RecordsAsync("story-passages"));
        Assert.True(await library.DeleteAsync("big", cancellationToken: Token));
        Assert.Empty(await RecordsAsync(Collections));
    }

    [Fact]
    public async Task A_save_that_is_cut_off_anywhere_leaves_the_story_as_it_was_or_as_it_will_be()
    {
        await using var library = new StoryLibrary(storage);
        var count = OperationsMax + 150;
        _ = await library.SaveAsync(Big(count, "old"), cancellationToken: Token);
        var cuts = 0;
        for (var commits = 0; ; commits++, cuts++)
        {
            Small.FailAfter(commits);
            var story = Big(count, $"new {commits}");
            var failure = await Record.ExceptionAsync(
                async () => await library.SaveAsync(story, cancellationToken: Token));
            Small.FailAfter(int.MaxValue);

            var bodies = (await StoryAsync(library, "big"))!.Passages.Select(passage => passage.Body);
            Assert.Single(bodies.Distinct());
            if (failure is null)
            {
                Assert.Equal(count, (await RecordsAsync("story-passages")).Count);
                break;
            }
        }

        Assert.InRange(cuts, 4, 20);
        Assert.True(await library.DeleteAsync("big", cancellationToken: Token));
        Assert.Empty(await RecordsAsync(Collections));
    }

    [Fact]
    public async Task Readers_see_a_story_before_or_after_a_save_and_never_between()
    {
        var uncached = new StoryLibraryOptions { CacheEntriesMax = 0 };
        await using var library = new StoryLibrary(storage, uncached);
        _ = await library.SaveAsync(Big(40, "0"), cancellationToken: Token);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(
            async () =>
            {
                var seen = new HashSet<string>();
                do
                {
                    var story = await StoryAsync(library, "big");
                    _ = seen.Add(Assert.Single(story!.Passages.Select(passage => passage.Body).Distinct()));
                }
                while (!done.IsCancellationRequested);

                return seen;
            },
            Token);

        await Task.WhenAll(Enumerable.Range(1, 12).Select(
            n => library.SaveAsync(Big(40, $"{n}"), cancellationToken: Token).AsTask()));
        await done.CancelAsync();

        Assert.NotEmpty(await reader);
        Assert.Single((await StoryAsync(library, "big"))!.Passages.Select(passage => passage.Body).Distinct());
    }

    [Fact]
    public async Task A_passage_id_that_is_there_twice_is_refused_before_anything_is_written()
    {
        await using var library = new StoryLibrary(storage);
        var story = Make.Story(Make.Passage("One"), Make.Passage("One"));

        var error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await library.SaveAsync(story, cancellationToken: Token));

        Assert.Contains("'id-One'", error.Message, StringComparison.Ordinal);
        Assert.Null(await StoryAsync(library, story.Id));
    }

    [Fact]
    public async Task A_save_that_expects_another_revision_writes_nothing()
    {
        await using var library = new StoryLibrary(storage);
        var expectsNone = new StorySaveOptions { Expected = Revision.None };
        var first = await library.SaveAsync(Big(3, "first"), expectsNone, Token);
        var second = await library.SaveAsync(
            Big(3, "second"), new StorySaveOptions { Expected = first.Revision }, Token);

        var stale = await Assert.ThrowsAsync<RevisionConflictException>(async () => await library.SaveAsync(
            Big(3, "third"), new StorySaveOptions { Expected = first.Revision }, Token));
        var taken = await Assert.ThrowsAsync<RevisionConflictException>(
            async () => await library.SaveAsync(Big(3, "fourth"), expectsNone, Token));

        Assert.Equal((first.Revision, second.Revision), (stale.Expected, stale.Found));
        Assert.Equal((Revision.None, second.Revision), (taken.Expected, taken.Found));
        Assert.Equal(second.Revision, (await library.LoadAsync("big", cancellationToken: Token))!.Revision);
        Assert.All((await StoryAsync(library, "big"))!.Passages, passage => Assert.Equal(Long("second"), passage.Body));
    }

    [Fact]
    public async Task An_unreadable_file_changes_nothing()
    {
        await using var library = new StoryLibrary(storage);

        _ = await Assert.ThrowsAsync<StoryFormatException>(
            async () => await library.ImportAsync(Encoding.UTF8.GetBytes("no story"), "notes.txt", Token));

        Assert.Equal(0, await library.ListAsync(cancellationToken: Token).CountAsync(Token));
    }

    private static async Task<Story?> StoryAsync(StoryLibrary library, string id) =>
        (await library.LoadAsync(id, cancellationToken: Token))?.Story;

    // Long enough for each passage of a story of many to be a document of its own.
    private static string Long(string text) => text.PadRight(250, '.');

    private static Story Big(int passages, string body) => Make.Story(
        [.. Enumerable.Range(0, passages).Select(i => Make.Passage($"{i}", Long(body)))]) with { Id = "big" };

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

    public sealed class OnMemory : StoryLibraryTests
    {
        protected override string Address(string folder) => "memory:";
    }

    public sealed class OnSqlite : StoryLibraryTests
    {
        protected override string Address(string folder) => "sqlite:" + Path.Combine(folder, "stories.db");
    }

    public sealed class OnFiles : StoryLibraryTests
    {
        protected override string Address(string folder) => "file:" + Path.Combine(folder, "stories");
    }
}
