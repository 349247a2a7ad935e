namespace Undercroft.Cli.Tests;

public sealed class StoriesBackupsTests : StoryFixture
{
    [Fact]
    public async Task Backups_are_made_listed_restored_and_pruned()
    {
        await ImportAsync();

        var made = await RunAsync("stories", "backups", "create");
        var again = await RunAsync("stories", "backups", "create", "The Lamp", "--json", "--folder", PathOf("copies"));
        var list = (await RunAsync("stories", "backups", "list", "The Lamp", "--json")).MustSucceed().JsonLines();
        var restored = await RunAsync("stories", "restore", "The Lamp", "--backup", "1");
        var table = await RunAsync("stories", "backups", "list");
        var pruned = await RunAsync("stories", "backups", "prune", "--keep", "1", "--json");

        Assert.Contains($"'The Lamp' ({LampId}): backup 1, ", made.MustSucceed().Out, StringComparison.Ordinal);
        Assert.Equal(2, again.MustSucceed().Json().GetProperty("number").GetInt64());
        Assert.Single(Directory.GetFiles(PathOf("copies"), "*.json", SearchOption.AllDirectories));
        Assert.Equal([2L, 1L], list.Select(static backup => backup.GetProperty("number").GetInt64()));
        Assert.Equal($"'The Lamp' ({LampId}) is as it was in backup 1.\n", restored.MustSucceed().Out);
        Assert.Contains("before restore", table.MustSucceed().Out, StringComparison.Ordinal);
        Assert.StartsWith("4 backups, ", table.Error, StringComparison.Ordinal);
        Assert.Equal(2, pruned.MustSucceed().Json().GetProperty("deleted").GetInt32());
    }

    [Fact]
    public async Task A_backup_in_a_folder_is_a_file_to_import()
    {
        await ImportAsync();
        _ = (await RunAsync("stories", "backups", "create", "The Lamp", "--folder", PathOf("copies"))).MustSucceed();
        var file = Assert.Single(Directory.GetFiles(PathOf("copies"), "*.json", SearchOption.AllDirectories));
        _ = (await RunAsync("stories", "delete", "The Lamp")).MustSucceed();

        var imported = await RunAsync("stories", "import", file, "--json");
        var detected = await RunAsync("stories", "detect", file);

        var story = imported.MustSucceed().Json().GetProperty("stories")[0];
        Assert.Equal(LampId, story.GetProperty("story").GetProperty("id").GetString());
        Assert.Equal(0, detected.Code);
    }

    [Fact]
    public async Task An_age_of_nothing_is_refused()
    {
        var prune = await RunAsync("stories", "backups", "prune", "--older-than", "0s");

        Assert.Equal(2, prune.Code);
        Assert.Contains("--older-than", prune.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_story_is_found_by_its_backups()
    {
        await ImportAsync();
        _ = (await RunAsync("stories", "backups", "create", "The Lamp")).MustSucceed();
        _ = (await RunAsync("stories", "delete", "The Lamp")).MustSucceed();

        var restored = await RunAsync("stories", "restore", "the lamp", "--json");
        var shown = await RunAsync("stories", "show", "The Lamp", "--passage", "Light");

        Assert.Equal(1, restored.MustSucceed().Json().GetProperty("backup").GetInt64());
        Assert.Equal("Now you see. [[Nowhere]]", shown.MustSucceed().Out.TrimEnd());
    }

    [Fact]
    public async Task What_is_not_there_or_makes_no_sense_is_refused()
    {
        await ImportAsync();

        var none = await RunAsync("stories", "restore", "The Lamp");
        _ = (await RunAsync("stories", "backups", "create", "The Lamp")).MustSucceed();
        var number = await RunAsync("stories", "restore", "The Lamp", "--backup", "7");
        var nobody = await RunAsync("stories", "backups", "list", "nobody");
        var keep = await RunAsync("stories", "backups", "prune", "--keep", "0");

        none.MustFail(3, $"undercroft: There is no backup of '{LampId}'.");
        number.MustFail(
            3,
            $"undercroft: There is no backup 7 of '{LampId}'. 'undercroft stories backups list' shows what there is.");
        Assert.Equal((3, 2), (nobody.Code, keep.Code));
    }

    [Fact]
    public async Task The_autosave_demo_merges_with_somebody_else_and_goes_on_where_it_was()
    {
        var first = await RunAsync("stories", "autosave-demo", "--edits", "30", "--pause", "10ms", "--json");
        var second = await RunAsync("stories", "autosave-demo", "--edits", "2", "--pause", "1ms", "--json");

        var events = first.MustSucceed().JsonLines();
        string?[] words = [.. events.Select(static one => one.GetProperty("event").GetString())];
        Assert.Equal(30, words.Count(static word => word == "edited"));
        Assert.Contains("elsewhere", words);
        Assert.Contains("merged", words);
        Assert.Equal("done", words[^1]);
        Assert.StartsWith(
            "30 edits are in the store; ", events[^1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "32 edits are in the store; ",
            second.MustSucceed().JsonLines()[^1].GetProperty("text").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_autosave_demo_that_is_interrupted_saves_what_was_edited()
    {
        using var stop = new CancellationTokenSource();
        var run = RunAsync(
            new CliRunOptions { Cancellation = stop.Token },
            "stories", "autosave-demo", "--edits", "1000000", "--pause", "2ms", "--json");
        string[] show = ["stories", "show", "autosave-demo", "--json"];
        while (!(await RunAsync(show)).Out.Contains("draft", StringComparison.Ordinal))
        {
            Assert.False(run.IsCompleted);
        }

        await stop.CancelAsync();
        var ended = await run;

        var events = ended.JsonLines();
        var edits = events.Count(static one => one.GetProperty("event").GetString() == "edited");
        Assert.Equal(130, ended.Code);
        Assert.StartsWith(
            $"{edits} edits are in the store; ", events[^1].GetProperty("text").GetString(), StringComparison.Ordinal);
    }
}
