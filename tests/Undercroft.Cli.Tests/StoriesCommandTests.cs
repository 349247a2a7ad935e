namespace Undercroft.Cli.Tests;

public sealed class StoriesCommandTests : StoryFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task A_folder_is_imported_by_content_and_a_second_time_changes_nothing()
    {
        var first = (await RunAsync("stories", "import", PathOf("stories"), "--json")).MustSucceed();
        var again = (await RunAsync("stories", "import", PathOf("stories"), "--json")).MustSucceed();

        Assert.Equal(
            [("The Lamp", "lamp.twee", true, 0), ("High Tide", "sub/tide.html", true, 0)],
            first.Json().GetProperty("stories").EnumerateArray().Select(static story => (
                story.GetProperty("story").GetProperty("name").GetString()!,
                story.GetProperty("story").GetProperty("file").GetString()!,
                story.GetProperty("isNew").GetBoolean(),
                story.GetProperty("losses").GetInt32())));
        Assert.All(again.Json().GetProperty("stories").EnumerateArray(), static story =>
        {
            Assert.False(story.GetProperty("isNew").GetBoolean());
            Assert.Equal(0, story.GetProperty("passagesChanged").GetInt32());
        });
        Assert.Equal("2 stories imported into test:, 2 new.\n", first.Error);
    }

    [Fact]
    public async Task A_file_that_is_no_story_is_named_and_the_others_are_imported()
    {
        var run = await RunAsync("stories", "import", PathOf("stories/readme.txt"), PathOf("stories/lamp.twee"));
        var list = await RunAsync("stories", "list");

        Assert.Equal(1, run.Code);
        Assert.Contains("undercroft: Cannot read 'readme.txt'", run.Error, Ordinal);
        Assert.Contains("The Lamp", list.Out, Ordinal);
    }

    [Fact]
    public async Task A_path_that_leads_nowhere_imports_nothing()
    {
        var run = await RunAsync("stories", "import", PathOf("stories"), PathOf("none"));
        var list = await RunAsync("stories", "list", "--json");

        run.MustFail(
            3, $"undercroft: There is no file or folder {Names.Show(PathOf("none"))}. Check the path.");
        Assert.Equal("", list.MustSucceed().Out);
    }

    [Fact]
    public async Task Strict_refuses_a_loss_and_keeps_nothing_while_a_plain_import_reports_it()
    {
        await File.WriteAllTextAsync(
            PathOf("stories/bad.html"),
            Tide.Replace("&amp;", "&#xD800;", Ordinal),
            TestContext.Current.CancellationToken);

        var strict = await RunAsync("stories", "import", PathOf("stories"), "--strict");
        var empty = await RunAsync("stories", "list", "--json");
        var plain = await RunAsync("stories", "import", PathOf("stories"), "--report", PathOf("report.ndjson"));
        var report = await File.ReadAllTextAsync(PathOf("report.ndjson"), TestContext.Current.CancellationToken);

        Assert.Equal(5, strict.Code);
        Assert.Contains("would lose something (HTML-ENTITY)", strict.Error, Ordinal);
        Assert.Equal("", empty.Out);
        Assert.Contains("(HTML-ENTITY)", plain.MustSucceed().Error, Ordinal);
        Assert.Contains("\"code\":\"HTML-ENTITY\"", report, Ordinal);
        Assert.Equal(3, report.Count(static c => c == '\n'));
    }

    [Fact]
    public async Task A_list_is_sorted_by_title()
    {
        await ImportAsync();

        var text = await RunAsync("stories", "list");
        var json = await RunAsync("stories", "list", "--json");

        Assert.Equal(
            ["High Tide", "The Lamp"],
            json.MustSucceed().JsonLines().Select(static story => story.GetProperty("name").GetString()));
        Assert.Matches(@"^Title +Format +Passages +Words +Id\nHigh Tide +Harlowe 3\.3\.9 +1 ", text.MustSucceed().Out);
        Assert.Equal("2 stories in test:.\n", text.Error);
    }

    [Theory]
    [InlineData("the lamp")]
    [InlineData("6b2f")]
    [InlineData(LampId)]
    public async Task A_story_is_found_by_title_by_id_and_by_the_beginning_of_its_id(string meant)
    {
        await ImportAsync();

        var show = await RunAsync("stories", "show", meant, "--json");

        var json = show.MustSucceed().Json();
        Assert.Equal("The Lamp", json.GetProperty("story").GetProperty("name").GetString());
        Assert.Equal("Cellar", json.GetProperty("start").GetString());
        Assert.Equal(3, json.GetProperty("passages").GetArrayLength());
    }

    [Fact]
    public async Task A_story_nobody_knows_or_several_are_is_not_found()
    {
        await ImportAsync();
        await File.WriteAllTextAsync(
            PathOf("copy.twee"),
            Lamp.Replace("6B2F", "6B2E", Ordinal).Replace("Cellar", "Hall", Ordinal),
            TestContext.Current.CancellationToken);
        _ = (await RunAsync("stories", "import", PathOf("copy.twee"))).MustSucceed();

        var none = await RunAsync("stories", "show", "The Door");
        var several = await RunAsync("stories", "show", "The Lamp");

        none.MustFail(
            3,
            "undercroft: There is no story 'The Door'; expected an id, its beginning, or a title. "
            + "'undercroft stories list' shows what there is.");
        Assert.Equal(3, several.Code);
        Assert.StartsWith("undercroft: 2 stories are meant by 'The Lamp': ", several.Error, Ordinal);
    }

    [Fact]
    public async Task Show_prints_a_passage_as_it_was_written()
    {
        await ImportAsync();

        var passage = await RunAsync("stories", "show", LampId, "--passage", "Cellar");
        var missing = await RunAsync("stories", "show", LampId, "--passage", "Hall");
        var story = await RunAsync("stories", "show", LampId);

        Assert.Equal("It is dark.\nA LAMP hangs here. [[Take it->Light]]", passage.MustSucceed().Out.TrimEnd());
        Assert.Equal(3, missing.Code);
        Assert.Matches("Cellar +start +dark deep +[0-9]+\n", story.MustSucceed().Out);
    }

    [Fact]
    public async Task Search_finds_any_case_in_titles_tags_names_and_lines()
    {
        await ImportAsync();

        var text = await RunAsync("stories", "search", "lamp");
        var tag = (await RunAsync("stories", "search", "DEEP", "--json")).MustSucceed().JsonLines();
        var one = await RunAsync("stories", "search", "lamp", "--story", "High Tide");
        var nothing = await RunAsync("stories", "search", "zebra");

        Assert.Equal(
            "High Tide › Shore:1: The sea & a lamp.\n"
            + "The Lamp › title: The Lamp\n"
            + "The Lamp › Cellar:2: A LAMP hangs here. [[Take it->Light]]\n",
            text.MustSucceed().Out);
        Assert.Equal("passageTag", Assert.Single(tag).GetProperty("place").GetString());
        Assert.Equal("High Tide › Shore:1: The sea & a lamp.\n", one.Out);
        nothing.MustFail(3, "'zebra' is nowhere.");
    }

    [Fact]
    public async Task Stats_name_what_leads_nowhere()
    {
        await ImportAsync();

        var one = await RunAsync("stories", "stats", "The Lamp");
        var all = (await RunAsync("stories", "stats", "--json")).MustSucceed().JsonLines();

        Assert.EndsWith(
            "broken link in 'Light', line 1: 'Nowhere'\nunreachable: 'Attic'\n", one.MustSucceed().Out, Ordinal);
        Assert.Equal(
            [("High Tide", 1), ("The Lamp", 3)],
            all.Select(static story => (
                story.GetProperty("name").GetString()!,
                story.GetProperty("statistics").GetProperty("passages").GetInt32())));
    }

    [Fact]
    public async Task Delete_removes_a_story_whole()
    {
        await ImportAsync();

        var deleted = await RunAsync("stories", "delete", "The Lamp");
        var again = await RunAsync("stories", "delete", LampId);
        var left = await RunAsync("store", "query", "story-contents", "--count");

        Assert.Equal($"'The Lamp' ({LampId}) is deleted.\n", deleted.MustSucceed().Out);
        Assert.Equal(3, again.Code);
        Assert.Equal("1 document\n", left.Out);
    }

    [Fact]
    public async Task The_demo_imports_lists_queries_searches_and_says_where_all_is_kept()
    {
        Variables["UNDERCROFT_STORE"] = "sqlite:" + PathOf("demo.db");

        var demo = (await RunAsync("demo", PathOf("stories"))).MustSucceed();
        var json = (await RunAsync("demo", PathOf("stories"), "--json")).MustSucceed().Json();

        Assert.StartsWith("Imported 2 stories, nothing lost:\n", demo.Out, Ordinal);
        Assert.Contains("The Lamp", demo.Out, Ordinal);
        Assert.Contains($"They are kept in {PathOf("demo.db")}.", demo.Out, Ordinal);
        Assert.Equal(PathOf("demo.db"), json.GetProperty("location").GetString());
    }
}
