namespace Undercroft.Cli.Tests;

public sealed class StoriesExportTests : StoryFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task An_untouched_story_comes_back_byte_for_byte()
    {
        await ImportAsync();

        var twee = await RunAsync("stories", "export", "The Lamp");
        var html = await RunAsync("stories", "export", "High Tide");

        Assert.Equal(Lamp, twee.MustSucceed().Out);
        Assert.Equal(Tide, html.MustSucceed().Out);
    }

    [Fact]
    public async Task Into_a_folder_each_story_gets_a_file_in_the_format_it_came_in()
    {
        await ImportAsync();

        var export = await RunAsync("stories", "export", "--out", PathOf("out/"), "--json");

        Assert.All(
            export.MustSucceed().Json().GetProperty("files").EnumerateArray(),
            static file => Assert.True(file.GetProperty("lossless").GetBoolean()));
        Assert.Equal(Lamp, await ReadAsync("out/The-Lamp.twee"));
        Assert.Equal(Tide, await ReadAsync("out/High-Tide.html"));
    }

    [Fact]
    public async Task Stories_that_share_a_title_are_told_apart_by_their_ids_in_whichever_order_they_are_named()
    {
        string[] ids = ["6B2F4A1C-0D5E-4C7A-9B1E-000000000001", "6B2F4A1C-0D5E-4C7A-9B1E-000000000002"];
        foreach (var (at, id) in ids.Index())
        {
            await File.WriteAllTextAsync(
                PathOf($"{at}.twee"),
                $":: StoryTitle\n{(at == 0 ? "Same" : "same")}\n\n:: StoryData\n{{\"ifid\": \"{id}\"}}\n\n"
                + $":: Start\n{at}\n",
                TestContext.Current.CancellationToken);
        }

        _ = (await RunAsync("stories", "import", PathOf("0.twee"), PathOf("1.twee"))).MustSucceed();
        _ = (await RunAsync("stories", "export", ids[0], ids[1], "-o", PathOf("a/"))).MustSucceed();
        _ = (await RunAsync("stories", "export", ids[1], ids[0], "-o", PathOf("b/"))).MustSucceed();

        string[] expected = [$"Same-{ids[0]}.twee", $"same-{ids[1]}.twee"];
        Assert.Equal(expected, Directory.GetFiles(PathOf("a")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(expected, Directory.GetFiles(PathOf("b")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.EndsWith("1\n", await File.ReadAllTextAsync(
            PathOf($"a/same-{ids[1]}.twee"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_the_target_or_the_format_decides_what_is_written()
    {
        await ImportAsync();

        var archive = await RunAsync("stories", "export", "--out", PathOf("all.html"));
        var twee = await RunAsync("stories", "export", "High Tide", "--format", "twee");
        var two = await RunAsync("stories", "export", "--out", PathOf("all.twee"));

        Assert.Contains("2 stories as twine2-html", archive.MustSucceed().Out, Ordinal);
        Assert.Equal(2, (await ReadAsync("all.html")).Split("<tw-storydata").Length - 1);
        Assert.Contains(":: Shore", twee.MustSucceed().Out, Ordinal);
        Assert.Equal(2, two.Code);
        Assert.StartsWith("undercroft: A file of twee holds one story, and 2 are to be exported.", two.Error, Ordinal);
    }

    [Fact]
    public async Task What_is_there_is_overwritten_only_by_force()
    {
        await ImportAsync();
        await File.WriteAllTextAsync(PathOf("mine.twee"), "mine", TestContext.Current.CancellationToken);

        var refused = await RunAsync("stories", "export", "The Lamp", "--out", PathOf("mine.twee"));
        var kept = await ReadAsync("mine.twee");
        var forced = await RunAsync("stories", "export", "The Lamp", "--out", PathOf("mine.twee"), "--force");

        refused.MustFail(
            4,
            $"undercroft: There is something else at {Names.Show(PathOf("mine.twee"))} already. Nothing was written; "
            + "--force overwrites it.");
        Assert.Equal("mine", kept);
        Assert.Equal(0, forced.Code);
        Assert.Equal(Lamp, await ReadAsync("mine.twee"));
    }

    [Fact]
    public async Task An_export_that_was_interrupted_goes_on_with_what_is_missing()
    {
        await ImportAsync();
        _ = (await RunAsync("stories", "export", "--out", PathOf("out/"))).MustSucceed();
        File.SetLastWriteTimeUtc(PathOf("out/High-Tide.html"), DateTime.UnixEpoch);
        File.Delete(PathOf("out/The-Lamp.twee"));

        var again = await RunAsync("stories", "export", "--out", PathOf("out/"), "--json");
        var text = await RunAsync("stories", "export", "--out", PathOf("out/"));
        var written = File.GetLastWriteTimeUtc(PathOf("out/High-Tide.html"));
        await File.WriteAllTextAsync(
            PathOf("out/High-Tide.html"), Tide.ToUpperInvariant(), TestContext.Current.CancellationToken);
        var refused = await RunAsync("stories", "export", "--out", PathOf("out/"));

        Assert.Equal(
            [("High-Tide.html", true), ("The-Lamp.twee", false)],
            again.MustSucceed().Json().GetProperty("files").EnumerateArray().Select(static file => (
                Path.GetFileName(file.GetProperty("path").GetString()!), file.GetProperty("unchanged").GetBoolean())));
        Assert.Equal(Lamp, await ReadAsync("out/The-Lamp.twee"));
        Assert.Equal(DateTime.UnixEpoch, written);
        Assert.Equal(2, text.MustSucceed().Out.Split("nothing lost, there already\n").Length - 1);
        Assert.Equal(4, refused.Code);
        Assert.Contains("High-Tide.html' already. Nothing was written", refused.Error, Ordinal);
    }

    [Fact]
    public async Task Strict_writes_nothing_that_loses_something()
    {
        await File.WriteAllTextAsync(
            PathOf("stories/sub/tide.html"),
            Tide.Replace("name=\"Shore\"", "name=\"StoryTitle\"", Ordinal),
            TestContext.Current.CancellationToken);
        await ImportAsync();

        var strict = await RunAsync(
            "stories", "export", "High Tide", "--format", "twee", "--out", PathOf("tide.twee"), "--strict");
        var plain = await RunAsync("stories", "export", "High Tide", "--format", "twee", "--out", PathOf("tide.twee"));

        Assert.Equal(5, strict.Code);
        Assert.Contains("TWEE-RESERVED-NAME", strict.Error, Ordinal);
        Assert.Contains("with losses", plain.MustSucceed().Out, Ordinal);
        Assert.Contains("(TWEE-RESERVED-NAME)", plain.Error, Ordinal);
    }

    [Fact]
    public async Task Nothing_to_export_is_not_found()
    {
        var export = await RunAsync("stories", "export");

        export.MustFail(3, "undercroft: There is no story to export in 'test:'.");
    }

    private Task<string> ReadAsync(string name) =>
        File.ReadAllTextAsync(PathOf(name), TestContext.Current.CancellationToken);
}
