using System.Text.Json.Nodes;

namespace Undercroft.Cli.Tests;

/// <summary>The way of a new user with the guide in hand, each step a process of its own: a folder of mixed stories
/// becomes a library, is edited with autosave while the process is killed twice, migrated, copied live into a store of
/// another kind, archived, restored elsewhere, and found equal.</summary>
public sealed class WholeWayTests : ProcessTest
{
    private const string Steps =
        """{"baseline":"1","steps":[{"from":"1","to":"2","changes":[{"rename":"name","to":"title"}]}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Files => "file:" + Path.Combine(Folder, "copy");

    private string Back => "sqlite:" + Path.Combine(Folder, "back.db");

    [Fact]
    public async Task Stories_are_imported_edited_under_kills_migrated_copied_archived_and_restored()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent by kill, which Windows lacks.");
        await ImportAsync();
        var saved = await KillDemoAsync(0);
        saved = await KillDemoAsync(saved);
        var demo = await MustAsync(
            "stories", "autosave-demo", "--edits", "3", "--pause", "1ms", "--json", "--store", Store);
        Assert.True(RevisionOf(demo.Out.Split('\n')[0]) >= saved, demo.Out);

        await MigrateAsync();
        await CopyLiveAsync();
        var archive = Path.Combine(Folder, "all.tar.gz");
        _ = await MustAsync("store", "archive", archive, "--store", Files);
        _ = await MustAsync("store", "restore", archive, "--store", Back);

        _ = await MustAsync("store", "verify", "--store", Back);
        _ = await MustAsync("store", "compare", Store, Back);
        var lamp = await MustAsync("stories", "export", StoryFixture.LampId, "--store", Back);
        var note = await MustAsync("store", "get", "notes", "a", "--store", Back);
        Assert.Equal(StoryFixture.Lamp, lamp.Out);
        Assert.Equal("""{"title":"A"}""", note.Out.Trim());
    }

    private async Task ImportAsync()
    {
        var stories = Directory.CreateDirectory(Path.Combine(Folder, "stories")).FullName;
        await File.WriteAllTextAsync(Path.Combine(stories, "lamp.twee"), StoryFixture.Lamp, Cancel);
        await File.WriteAllTextAsync(Path.Combine(stories, "tide.html"), StoryFixture.Tide, Cancel);
        await File.WriteAllTextAsync(
            Path.Combine(stories, "cave.whisker"),
            """{"format":"whisker","name":"Cave","passages":[{"id":"a","name":"Mouth","text":"Dark.","choices":[]}]}""",
            Cancel);

        _ = await MustAsync("stories", "import", stories, "--store", Store);

        var list = await MustAsync("stories", "list", "--json", "--store", Store);
        Assert.Equal(3, list.JsonLines().Count);
    }

    // Gives the last revision that was told as saved.
    private async Task<long> KillDemoAsync(long before)
    {
        using var demo = StartInterruptible(
            "stories", "autosave-demo", "--edits", "1000000", "--pause", "2ms", "--json", "--store", Store);
        var saved = before;
        for (var saves = 0; saves < 2;)
        {
            var line = await demo.StandardOutput.ReadLineAsync(Cancel);
            Assert.NotNull(line);
            var what = JsonNode.Parse(line)!["event"]!.GetValue<string>();
            Assert.True(what != "opened" || RevisionOf(line) >= before, line);
            if (what == "saved")
            {
                saved = RevisionOf(line);
                saves++;
            }
        }

        demo.Kill();
        await demo.WaitForExitAsync(Cancel);
        return saved;
    }

    private async Task MigrateAsync()
    {
        var steps = Path.Combine(Folder, "steps.json");
        await File.WriteAllTextAsync(steps, Steps, Cancel);
        _ = await MustAsync("store", "put", "notes", "a", """{"name":"A"}""", "--store", Store);

        var migrated = await MustAsync("store", "migrate", "notes", steps, "--store", Store);

        Assert.Contains("1 document of 1 rewritten to version 2", migrated.Out, StringComparison.Ordinal);
    }

    private async Task CopyLiveAsync()
    {
        using var copy = StartInterruptible("store", "copy", Store, Files, "--live", "--json");
        var said = Task.WhenAll(
            copy.StandardOutput.ReadToEndAsync(Cancel), copy.StandardError.ReadToEndAsync(Cancel));
        _ = await MustAsync("store", "put", "notes", "late", """{"title":"Late"}""", "--store", Store);
        while (!copy.HasExited && !File.Exists(Path.Combine(Folder, "copy", "notes", "late.json")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }

        await InterruptAsync(copy);
        await copy.WaitForExitAsync(Cancel);
        Assert.True(copy.ExitCode == 130, string.Concat(await said));
        _ = await MustAsync("store", "compare", Store, Files);
    }

    private static long RevisionOf(string line) => JsonNode.Parse(line)!["revision"]?.GetValue<long>() ?? 0;

    private async Task<CliResult> MustAsync(params string[] arguments)
    {
        var result = await RunAsync(null, arguments);
        Assert.True(result.Code == 0, $"{string.Join(' ', arguments)}: {result.Code} {result.Error}");
        return result;
    }
}
