namespace Undercroft.Cli.Tests;

public sealed class StoriesConvertTests : StoryFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private const string Cave =
        "{\"format\":\"whisker\",\"formatVersion\":\"2.0\",\"metadata\":{\"title\":\"Cave\"},"
        + "\"settings\":{\"startPassage\":\"a\"},\"passages\":[{\"id\":\"a\",\"name\":\"Mouth\",\"text\":\"Dark.\","
        + "\"choices\":[{\"text\":\"In\",\"target\":\"b\",\"condition\":\"light\"}]},"
        + "{\"id\":\"b\",\"name\":\"Hall\",\"text\":\"Light.\"}]}";

    [Fact]
    public async Task A_file_is_converted_to_the_standard_output_or_to_a_file()
    {
        var twee = await RunAsync("stories", "convert", await PutAsync("cave.whisker", Cave), "--to", "twee");
        var file = await RunAsync(
            "stories", "convert", PathOf("cave.whisker"), "--to", "json", "--out", PathOf("cave.json"));
        var again = await RunAsync(
            "stories", "convert", PathOf("cave.whisker"), "--to", "json", "--out", PathOf("cave.json"));

        await File.WriteAllTextAsync(PathOf("cave.json"), "mine", TestContext.Current.CancellationToken);
        var refused = await RunAsync(
            "stories", "convert", PathOf("cave.whisker"), "--to", "json", "--out", PathOf("cave.json"));
        var forced = await RunAsync(
            "stories", "convert", PathOf("cave.whisker"), "--to", "json", "--out", PathOf("cave.json"), "--force");

        Assert.Contains("Dark.\n\n[[In->Hall]]\n", twee.MustSucceed().Out, Ordinal);
        Assert.Contains("lost in 'Mouth': A choice has a condition", twee.Error, Ordinal);
        Assert.Contains("1 story as twine2-json", file.MustSucceed().Out, Ordinal);
        Assert.Contains(", there already\n", again.MustSucceed().Out, Ordinal);
        Assert.Equal((4, 0), (refused.Code, forced.Code));
        Assert.Contains("\"name\": \"Cave\"", await ReadTextAsync("cave.json"), Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_said_in_one_sentence_and_leaves_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        _ = Directory.CreateDirectory(PathOf("full"));
        var cave = await PutAsync("full/cave.whisker", Cave);
        _ = File.CreateSymbolicLink(PathOf("full/cave.json.part"), "/dev/full");

        var full = await RunAsync("stories", "convert", cave, "--to", "json", "--out", PathOf("full/cave.json"));

        Assert.Equal((1, ""), (full.Code, full.Out));
        var said = $"undercroft: Cannot write to '{PathOf("full/cave.json")}': No space left";
        Assert.StartsWith(said, full.Error, Ordinal);
        _ = Assert.Single(full.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal([cave], Directory.GetFiles(PathOf("full")));
    }

    [Fact]
    public async Task What_goes_to_Twee_and_back_is_whisker_again()
    {
        _ = (await RunAsync(
            "stories", "convert", await PutAsync("cave.whisker", Cave), "--to", "twee", "-o", PathOf("cave.twee")))
            .MustSucceed();

        var back = await RunAsync("stories", "convert", PathOf("cave.twee"), "--to", "whisker");

        Assert.Contains(
            "\"choices\":[{\"text\":\"In\",\"target\":\"b\",\"condition\":\"light\"}]",
            back.MustSucceed().Out.Replace("\n", "", Ordinal).Replace(" ", "", Ordinal),
            Ordinal);
    }

    [Fact]
    public async Task A_place_that_can_hold_no_results_is_said_once_in_one_sentence()
    {
        var file = await PutAsync("stories/cave.whisker", Cave);
        var folder = PathOf("stories");

        var itself = await RunAsync("stories", "convert", folder, "--to", "json", "-o", folder);
        var taken = await RunAsync("stories", "convert", folder, "--to", "json", "-o", file);

        itself.MustFail(2, $"undercroft: Cannot convert '{folder}' into itself: name another folder for the results.");
        taken.MustFail(2, $"undercroft: Cannot write results into '{file}': it is a file. Name a folder.");
    }

    [Fact]
    public async Task A_folder_is_converted_file_by_file_and_a_second_time_changes_nothing()
    {
        _ = await PutAsync("stories/cave.json", Cave);

        var first = await RunAsync("stories", "convert", PathOf("stories"), "--to", "whisker", "-o", PathOf("out"));
        var second = await RunAsync(
            "stories", "convert", PathOf("stories"), "--to", "whisker", "-o", PathOf("out"), "--json");

        Assert.EndsWith(
            "3 files converted, 0 unchanged, 0 failed, 2 passed over.\n", first.MustSucceed().Error, Ordinal);
        Assert.Equal(3, second.MustSucceed().Json().GetProperty("unchanged").GetInt32());
        Assert.Equal(Cave, await ReadTextAsync("out/cave.whisker"));
        Assert.True(File.Exists(PathOf("out/sub/tide.report.json")));
    }

    [Fact]
    public async Task What_sources_that_are_gone_have_left_is_named_and_deleted_on_demand_unless_somebody_changed_it()
    {
        string[] convert = ["stories", "convert", PathOf("stories"), "--to", "json", "-o", PathOf("out")];
        _ = await PutAsync("stories/cave.whisker", Cave);
        _ = await PutAsync("stories/mine.whisker", Cave);
        _ = (await RunAsync(convert)).MustSucceed();
        File.Delete(PathOf("stories/cave.whisker"));
        File.Delete(PathOf("stories/mine.whisker"));
        await File.WriteAllTextAsync(PathOf("out/mine.json"), "{}", TestContext.Current.CancellationToken);

        var told = await RunAsync(convert);
        var dry = await RunAsync([.. convert, "--prune", "--dry-run", "--json"]);
        var isThere = File.Exists(PathOf("out/cave.json"));
        var pruned = await RunAsync([.. convert, "--prune"]);
        var again = await RunAsync([.. convert, "--prune"]);

        Assert.Contains(
            "2 files of earlier conversions that no source makes any more, left as they are; --prune deletes them: " +
            "'cave.json', 'cave.report.json'.\n",
            told.MustSucceed().Error,
            Ordinal);
        Assert.Equal(2, dry.MustSucceed().Json().GetProperty("left").GetArrayLength());
        Assert.False(dry.Json().GetProperty("pruned").GetBoolean());
        Assert.True(isThere);
        Assert.Contains("any more deleted: 'cave.json', 'cave.report.json'.\n", pruned.MustSucceed().Error, Ordinal);
        Assert.DoesNotContain("earlier conversions", again.MustSucceed().Error, Ordinal);
        Assert.Equal(
            ["lamp.json", "lamp.report.json", "mine.json", "mine.report.json"],
            Directory.GetFiles(PathOf("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_source_makes_no_longer_is_left_too()
    {
        _ = Directory.CreateDirectory(PathOf("one"));
        _ = await PutAsync("one/cave.whisker", Cave);
        string[] convert = ["stories", "convert", PathOf("one"), "-o", PathOf("out"), "--to"];
        _ = (await RunAsync([.. convert, "json"])).MustSucceed();
        var other = await RunAsync([.. convert, "twee"]);
        _ = await PutAsync("one/cave.twee", Lamp);
        var shared = await RunAsync([.. convert, "twee", "--prune"]);

        Assert.Contains("'cave.json'.", other.MustSucceed().Error, Ordinal);
        Assert.Contains(
            "deleted: 'cave.json', 'cave.report.json', 'cave.twee'.", shared.MustSucceed().Error, Ordinal);
        Assert.Equal(
            ["cave.twee.report.json", "cave.twee.twee", "cave.whisker.report.json", "cave.whisker.twee"],
            Directory.GetFiles(PathOf("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_a_strict_one_refuses_and_a_broken_file_is_named()
    {
        _ = await PutAsync("stories/broken.whisker", "{\"format\":\"whisker\",\n\n\"passages\":[}");
        _ = await PutAsync("cave.whisker", Cave);

        var dry = await RunAsync(
            "stories", "convert", PathOf("stories"), "--to", "twee", "-o", PathOf("out"), "--dry-run");
        var strict = await RunAsync("stories", "convert", PathOf("cave.whisker"), "--to", "twee", "--strict");
        var nowhere = await RunAsync("stories", "convert", PathOf("stories"), "--to", "twee");

        Assert.Equal(1, dry.Code);
        Assert.Contains(
            "broken.whisker: Cannot read 'broken.whisker' as whisker JSON, line 3: expected", dry.Error, Ordinal);
        Assert.Contains("2 files would be converted, 0 unchanged, 1 failed", dry.Error, Ordinal);
        Assert.False(Directory.Exists(PathOf("out")));
        Assert.Equal(5, strict.Code);
        Assert.Contains("(WHISKER-CONDITION) Nothing was written.", strict.Error, Ordinal);
        nowhere.MustFail(2, "undercroft: The source is a folder: name one for the results by --out.");
    }

    [Fact]
    public async Task Detect_says_what_a_file_is_and_names_the_runner_up()
    {
        _ = await PutAsync("plain.txt", "hello");
        _ = await PutAsync("either.json", "{\"passages\":[{\"name\":\"a\",\"text\":\"\"}]}");

        var lamp = await RunAsync("stories", "detect", PathOf("stories/lamp.twee"));
        var either = (await RunAsync("stories", "detect", PathOf("either.json"), "--json")).MustSucceed().Json();
        var plain = await RunAsync("stories", "detect", PathOf("plain.txt"));

        Assert.EndsWith(
            ": it looks like Twee 3 (98 %: it begins with a '::' header).\n", lamp.MustSucceed().Out, Ordinal);
        Assert.Equal("twine2-json", either.GetProperty("format").GetString());
        Assert.Equal("whisker", either.GetProperty("runnerUp").GetString());
        Assert.Equal(3, plain.Code);
        Assert.Contains(": it looks like plain text; expected ", plain.Out, Ordinal);
    }

    [Fact]
    public async Task Stories_of_every_format_are_imported_and_exported()
    {
        _ = await PutAsync("cave.json", Cave);

        _ = (await RunAsync("stories", "import", PathOf("cave.json"))).MustSucceed();
        var same = await RunAsync("stories", "export", "Cave");
        var typed = await RunAsync("stories", "export", "Cave", "--format", "whisker", "--dialect", "typed");

        Assert.Equal(Cave, same.MustSucceed().Out);
        Assert.Contains("\"target_passage\": \"b\"", typed.MustSucceed().Out, Ordinal);
    }

    private async Task<string> PutAsync(string name, string text)
    {
        await File.WriteAllTextAsync(PathOf(name), text, TestContext.Current.CancellationToken);
        return PathOf(name);
    }

    private Task<string> ReadTextAsync(string name) =>
        File.ReadAllTextAsync(PathOf(name), TestContext.Current.CancellationToken);
}
