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
