namespace Undercroft.Cli.Tests;

public sealed class StoriesImportTests : StoryFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private const string Head =
        "<tw-storydata name=\"Long Way\" startnode=\"1\" ifid=\"A1B2C3D4-2222-4222-8333-944445555666\" hidden>";

    private const string Whole = Head
        + "<tw-passagedata pid=\"1\" name=\"One\">1</tw-passagedata>\n"
        + "<tw-passagedata pid=\"2\" name=\"Two\">2</tw-passagedata>\n"
        + "<tw-passagedata pid=\"3\" name=\"Three\">3</tw-passagedata>\n</tw-storydata>\n";

    private static readonly string Cut = Whole[..Whole.IndexOf("<tw-passagedata pid=\"3\"", Ordinal)];

    [Fact]
    public async Task A_story_that_only_has_a_name_and_a_start_in_common_with_another_does_not_take_its_place()
    {
        var many = string.Concat(Enumerable.Range(1, 20).Select(static i => $":: P{i}\nBody {i}\n\n"));
        await WriteAsync("long.twee", $":: StoryTitle\nUntitled Story\n\n:: Start\nLong ago. [[P1]]\n\n{many}");
        await WriteAsync("short.twee", ":: StoryTitle\nUntitled Story\n\n:: Start\nOther. [[End]]\n\n:: End\nOver.\n");
        _ = (await RunAsync("stories", "import", PathOf("long.twee"))).MustSucceed();

        var import = await RunAsync("stories", "import", PathOf("short.twee"), "--json");
        var list = (await RunAsync("stories", "list", "--json")).MustSucceed().JsonLines();

        Assert.True(import.MustSucceed().Json().GetProperty("stories")[0].GetProperty("isNew").GetBoolean());
        Assert.Equal([2, 21], list.Select(static story => story.GetProperty("passages").GetInt32()).Order());
    }

    [Fact]
    public async Task An_update_that_takes_a_page_or_passages_from_a_story_backs_it_up_first()
    {
        await WriteAsync("long.html", $"<html><title>Long Way</title>{Whole}<p>The page.</p></html>");
        _ = (await RunAsync("stories", "import", PathOf("long.html"))).MustSucceed();
        _ = (await RunAsync("stories", "convert", PathOf("long.html"), "--to", "twee", "--out", PathOf("long.twee")))
            .MustSucceed();

        var again = await RunAsync("stories", "import", PathOf("long.html"));
        var twee = await RunAsync("stories", "import", PathOf("long.twee"));
        var page = await RunAsync("stories", "restore", "Long Way");
        var back = await RunAsync("stories", "export", "Long Way", "--out", PathOf("back.html"));

        Assert.DoesNotContain("backed up", again.MustSucceed().Error, Ordinal);
        Assert.Contains("was backed up first: 1.\n", twee.MustSucceed().Error, Ordinal);
        Assert.Equal((0, 0), (page.Code, back.Code));
        Assert.Equal(
            await File.ReadAllTextAsync(PathOf("long.html"), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(PathOf("back.html"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_the_store_cannot_take_and_a_pipe_keep_no_other_file_from_being_imported()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes that are files.");
        var folder = Directory.CreateDirectory(PathOf("mixed")).FullName;
        await WriteAsync("mixed/a.twee", ":: StoryTitle\nA\n\n:: Start\na\n");
        await WriteAsync("mixed/b.twee", $":: StoryTitle\nB\n\n:: Start\n{new string('b', 20_000_000)}\n");
        await WriteAsync("mixed/c.twee", ":: StoryTitle\nC\n\n:: Start\nc\n");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [PathOf("mixed/d.twee"), PathOf("mixed/e.html")]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var import = await RunAsync("stories", "import", folder);
        var list = await RunAsync("stories", "list", "--json");

        Assert.Equal(1, import.Code);
        Assert.Contains($"undercroft: Cannot import {Names.Show(PathOf("mixed/b.twee"))}: ", import.Error, Ordinal);
        Assert.Contains("2 stories imported", import.Error, Ordinal);
        Assert.Equal(
            ["A", "C"], list.MustSucceed().JsonLines().Select(static story => story.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_page_that_is_cut_off_between_passages_is_a_loss()
    {
        await WriteAsync("long.html", Cut);

        var strict = await RunAsync("stories", "import", PathOf("long.html"), "--strict");
        var plain = await RunAsync("stories", "import", PathOf("long.html"), "--json");

        Assert.Equal(5, strict.Code);
        Assert.Contains("line 1, would lose something (HTML-UNCLOSED)", strict.Error, Ordinal);
        Assert.Equal(1, plain.MustSucceed().Json().GetProperty("stories")[0].GetProperty("losses").GetInt32());
    }

    [Fact]
    public async Task A_page_that_is_cut_off_takes_no_passage_from_a_story_without_force()
    {
        await WriteAsync("long.html", Whole);
        _ = (await RunAsync("stories", "import", PathOf("long.html"))).MustSucceed();
        await WriteAsync("long.html", Cut);

        var refused = await RunAsync("stories", "import", PathOf("long.html"));
        var kept = await RunAsync("stories", "show", "Long Way", "--passage", "Three");
        var forced = await RunAsync("stories", "import", PathOf("long.html"), "--force", "--json");
        var gone = await RunAsync("stories", "show", "Long Way", "--passage", "Three");
        var restored = await RunAsync("stories", "restore", "Long Way", "--backup", "1");
        var back = await RunAsync("stories", "show", "Long Way", "--passage", "Three");

        Assert.Equal(1, refused.Code);
        Assert.Contains(
            "undercroft: Cannot update the story 'Long Way' from 'long.html': the file is cut off in what begins in "
            + "line 1, and 1 of the 3 passages in the library are missing or other in it. The story was not changed; "
            + "get a complete copy. Or take what is there with --force: it backs the story up first.\n",
            refused.Error,
            Ordinal);
        Assert.Equal("3", kept.MustSucceed().Out.TrimEnd());
        var story = forced.MustSucceed().Json().GetProperty("stories")[0];
        Assert.Equal(
            (0, 1),
            (story.GetProperty("passagesChanged").GetInt32(), story.GetProperty("passagesRemoved").GetInt32()));
        Assert.Contains("was backed up first: 1.\n", forced.Error, Ordinal);
        Assert.Equal((3, 0), (gone.Code, restored.Code));
        Assert.Equal("3", back.MustSucceed().Out.TrimEnd());
    }

    [Fact]
    public async Task Passages_that_a_whole_file_has_no_more_are_counted()
    {
        await WriteAsync("long.html", Whole);
        _ = (await RunAsync("stories", "import", PathOf("long.html"))).MustSucceed();
        await WriteAsync("long.html", Cut + "</tw-storydata>\n");

        var import = await RunAsync("stories", "import", PathOf("long.html"));

        Assert.Matches(
            @"^Title +Passages +Changed +Removed +Lost +File +Id\nLong Way +2 +0 +1 +0 +long\.html ",
            import.MustSucceed().Out);
    }

    [Fact]
    public async Task A_story_without_a_title_is_called_by_its_file_and_found_by_it()
    {
        await WriteAsync("nameless.twee", ":: Start\nAn oar.\n");
        var import = await RunAsync("stories", "import", PathOf("nameless.twee"));

        var list = await RunAsync("stories", "list");
        var search = await RunAsync("stories", "search", "oar");
        var stats = await RunAsync("stories", "stats", "nameless.twee");
        var show = await RunAsync("stories", "show", "(no title) nameless.twee");
        var json = await RunAsync("stories", "list", "--json");

        Assert.Contains("\n(no title) ", import.MustSucceed().Out, Ordinal);
        Assert.Contains("\n(no title) nameless.twee ", list.MustSucceed().Out, Ordinal);
        Assert.Equal("(no title) nameless.twee › Start:1: An oar.\n", search.MustSucceed().Out);
        Assert.Contains("\n(no title) nameless.twee ", stats.MustSucceed().Out, Ordinal);
        Assert.StartsWith("(no title) nameless.twee\n", show.MustSucceed().Out, Ordinal);
        Assert.Equal("", Assert.Single(json.JsonLines()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Two_files_of_one_import_that_hold_the_same_story_are_named()
    {
        await WriteAsync("stories/sub/zz.html", Tide.Replace("The sea", "The wide sea", Ordinal));

        var import = await RunAsync("stories", "import", PathOf("stories"), "--json");
        var again = await RunAsync("stories", "import", PathOf("stories/sub/zz.html"));

        var (earlier, later) = (PathOf("stories/sub/tide.html"), PathOf("stories/sub/zz.html"));
        Assert.StartsWith(
            $"{later}: noticed: it holds the same story as {earlier} in this import, 'High Tide', and has taken its "
            + "place.\n",
            import.MustSucceed().Error,
            Ordinal);
        Assert.Equal(
            [null, null, earlier],
            import.Json().GetProperty("stories").EnumerateArray().Select(static story =>
                story.TryGetProperty("sameAs", out var file) ? file.GetString() : null));
        Assert.DoesNotContain("the same story", again.MustSucceed().Error, Ordinal);
    }

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(PathOf(name), text, TestContext.Current.CancellationToken);
}
