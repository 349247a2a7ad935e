using Undercroft.Cli.Output;

namespace Undercroft.Cli.Tests;

public sealed class HostileTextTests : CliFixture
{
    private const string Hostile = "[red]x[/]\u001b[31m\u202eevil\u0007\u009b2J\u2028\r\n";
    private const string Shown = @"[red]x[/]\u001b[31m\u202eevil\u0007\u009b2J\u2028\u000d\u000a";

    [Fact]
    public void What_could_move_the_cursor_or_turn_the_writing_is_escaped()
    {
        Assert.Equal(Shown, SafeText.OneLine(Hostile));
        Assert.Equal("a\tb\r\nc\\u000dd\n", SafeText.Block("a\tb\r\nc\rd\n"));
        Assert.Equal("👩‍🚀 نامه‌ای 日本", SafeText.OneLine("👩‍🚀 نامه‌ای 日本"));
        Assert.Equal(@"\ud800x\udfff", SafeText.OneLine("\ud800x\udfff"));
        Assert.Equal(@"tag\udb40\udc41", SafeText.OneLine("tag\U000E0041"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ids_and_collections_are_escaped_in_tables_lines_and_errors(bool isTerminal)
    {
        var options = new CliRunOptions { IsTerminal = isTerminal, Width = 300 };
        _ = (await RunAsync("store", "put", Hostile, "x" + Hostile, "1")).MustSucceed();

        var stats = await RunAsync(options, "store", "stats");
        var watch = await RunAsync(options, "store", "watch", "--once");
        var missing = await RunAsync(options, "store", "get", Hostile, "none");

        Assert.Contains(Shown, stats.Out, StringComparison.Ordinal);
        Assert.Contains($"{Shown}/x{Shown}", watch.Out, StringComparison.Ordinal);
        foreach (var text in new[] { stats.Out, watch.Out, missing.Error })
        {
            Assert.DoesNotContain('\u202e', text);
            Assert.DoesNotContain("\u001b[31m", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_document_is_safe_on_a_terminal_and_exact_in_a_pipe()
    {
        const string Document = "{\"a\":\"\u202e\u009b\"}";
        _ = await RunAsync("store", "put", "c", "x", Document);

        var piped = await RunAsync("store", "get", "c", "x");
        var shown = await RunAsync(new CliRunOptions { IsTerminal = true }, "store", "get", "c", "x");
        var json = await RunAsync("store", "get", "c", "x", "--json");

        Assert.Equal(Document, piped.Out);
        Assert.Equal("{\"a\":\"\\u202e\\u009b\"}\n", shown.Out);
        Assert.DoesNotContain('\u202e', json.Out);
        Assert.Equal("\u202e\u009b", json.Json().GetProperty("value").GetProperty("a").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Titles_names_tags_and_lines_of_a_story_are_escaped_wherever_they_are_shown(bool isTerminal)
    {
        var options = new CliRunOptions { IsTerminal = isTerminal, Width = 300 };
        await File.WriteAllTextAsync(
            PathOf("hostile.twee"),
            ":: StoryTitle\nLamp \u001b[31m\u202e\n\n:: Start\u001b]0;x\u0007 [tag\u202e]\n"
            + "<script>lamp\u001b[2J</script>\n",
            TestContext.Current.CancellationToken);

        CliResult[] runs =
        [
            await RunAsync(options, "stories", "import", PathOf("hostile.twee")),
            await RunAsync(options, "stories", "list"),
            await RunAsync(options, "stories", "search", "lamp"),
            await RunAsync(options, "stories", "show", "Lamp \u001b[31m\u202e"),
            await RunAsync(options, "stories", "stats"),
            await RunAsync(options, "store", "query", "story-passages"),
        ];

        Assert.All(runs, static run =>
        {
            Assert.True(run.Code == 0, run.Error);
            Assert.DoesNotContain('\u202e', run.Out);
            Assert.DoesNotContain("\u001b[31m", run.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b[2J", run.Out, StringComparison.Ordinal);
            Assert.DoesNotContain('\u0007', run.Out);
        });
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    public async Task Tables_keep_to_the_width_of_the_terminal(int width)
    {
        _ = await RunAsync("store", "put", "a-collection-with-quite-a-long-name", "x", "1");

        var stats = await RunAsync(new CliRunOptions { IsTerminal = true, Width = width }, "store", "stats");

        Assert.DoesNotContain(stats.MustSucceed().Out.Split('\n'), line => line.Length > width);
    }

    [Fact]
    public async Task Colours_are_for_terminals_that_want_them()
    {
        var pipe = await RunAsync("store", "stats");
        var plain = await RunAsync(new CliRunOptions { IsTerminal = true }, "store", "stats");
        var color = await RunAsync(new CliRunOptions { IsTerminal = true, HasColor = true }, "store", "stats");

        Assert.DoesNotContain('\u001b', pipe.Out + pipe.Error);
        Assert.DoesNotContain('\u001b', plain.Out);
        Assert.Contains('\u001b', color.Out);
    }
}
