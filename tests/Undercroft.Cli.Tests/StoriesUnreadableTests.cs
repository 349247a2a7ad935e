namespace Undercroft.Cli.Tests;

/// <summary>A slip in an edit by hand takes one story out of a library of files, and no more.</summary>
public sealed class StoriesUnreadableTests : StoryFixture
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private const string Sentence =
        $"undercroft: The story '{LampId}' cannot be read: its document is no story from line 1, byte ";

    public StoriesUnreadableTests() => Variables["UNDERCROFT_STORE"] = "file:" + PathOf("library");

    [Theory]
    [InlineData("stories")]
    [InlineData("story-contents")]
    public async Task Commands_name_a_story_that_cannot_be_read_and_go_on_with_the_others(string collection)
    {
        await ImportAsync();
        await SpoilAsync(collection);

        (string Shown, string[] Command)[] commands =
        [
            ("High Tide", ["stories", "stats"]),
            ("High Tide", ["stories", "search", "lamp"]),
            ("High-Tide.html", ["stories", "export", "--out", PathOf("out/")]),
            ("High Tide", ["stories", "backups", "create"]),
        ];
        foreach (var (shown, command) in commands)
        {
            var run = await RunAsync(command);

            Assert.Equal(1, run.Code);
            Assert.Contains(shown, run.Out, Ordinal);
            Assert.DoesNotContain("The Lamp", run.Out, Ordinal);
            Assert.Contains(Sentence, run.Error, Ordinal);
            Assert.EndsWith(" It was passed over.\n", run.Error, Ordinal);
        }
    }

    [Fact]
    public async Task A_list_goes_on_and_the_story_itself_is_one_sentence_that_says_what_to_do()
    {
        await ImportAsync();
        await SpoilAsync("stories");

        var list = await RunAsync("stories", "list", "--json");
        var show = await RunAsync("stories", "show", LampId);
        var verify = await RunAsync("store", "verify", "--json");
        var shown = await RunAsync("store", "verify");
        var removed = await RunAsync("stories", "delete", LampId);
        await ImportAsync();
        var back = await RunAsync("stories", "show", LampId);

        Assert.Equal("High Tide", Assert.Single(list.JsonLines()).GetProperty("name").GetString());
        Assert.Equal(1, list.Code);
        Assert.StartsWith(Sentence, list.Error, Ordinal);
        Assert.Equal(1, show.Code);
        Assert.StartsWith(Sentence, show.Error, Ordinal);
        Assert.Contains($"'undercroft stories delete {LampId}'", show.Error, Ordinal);
        Assert.Equal(1, verify.Code);
        Assert.True(verify.Json().GetProperty("sound").GetBoolean());
        Assert.Contains(
            ", was edited by hand and is no JSON document. Mend it, or delete it.",
            Assert.Single(verify.Json().GetProperty("remarks").EnumerateArray()).GetString(),
            Ordinal);
        Assert.EndsWith(" read. 1 document to mend.\n", shown.Out, Ordinal);
        Assert.Equal((0, 0), (removed.Code, back.Code));
        Assert.Equal($"What could not be read ({LampId}) is deleted.\n", removed.Out);
    }

    [Theory]
    [InlineData("stories")]
    [InlineData("story-contents")]
    public async Task A_backup_takes_the_place_of_what_cannot_be_read(string collection)
    {
        await ImportAsync();
        _ = (await RunAsync("stories", "backups", "create", LampId)).MustSucceed();
        await SpoilAsync(collection);

        var restored = await RunAsync("stories", "restore", LampId);
        var list = await RunAsync("stories", "list");
        var verify = await RunAsync("store", "verify");

        Assert.Equal($"'The Lamp' ({LampId}) is as it was in backup 1.\n", restored.Out);
        Assert.Contains("What was there could not be read; it is deleted, not backed up.", restored.Error, Ordinal);
        Assert.Equal((0, 0, 0), (restored.Code, list.Code, verify.Code));
        Assert.Contains("The Lamp", list.Out, Ordinal);
    }

    // The command that writes takes the edit in, as an application that opens the store does.
    private async Task SpoilAsync(string collection)
    {
        var file = Assert.Single(
            Directory.GetFiles(PathOf("library/" + collection)),
            static file => File.ReadAllText(file).Contains("The Lamp", Ordinal));
        await File.WriteAllTextAsync(
            file,
            (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))[..50],
            TestContext.Current.CancellationToken);
        _ = (await RunAsync("store", "put", "notes", "x", "1")).MustSucceed();
    }
}
