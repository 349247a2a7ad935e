using System.Diagnostics;
using System.Globalization;
using Undercroft.Stories;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>Kills a process while autosave writes and rotates backups.</summary>
public sealed class AutosaveCrash : IDisposable
{
    private const int Kills = 12;
    private const int KillsMin = 3;

    // A machine that takes longer makes fewer kills, but never fewer than the least.
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(9);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-crash-");

    private string Place => Path.Combine(folder.FullName, "store");

    [Theory]
    [InlineData("sqlite")]
    [InlineData("file")]
    public async Task What_autosave_reported_outlives_a_kill_and_the_story_is_the_old_or_the_new_one(string backend)
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var begun = TimeProvider.System.GetTimestamp();
        var (kills, found, ahead) = (0, 0L, 0);
        while (kills < KillsMin || (kills < Kills * TestSeed.Length
            && (TestSeed.Length > 1 || TimeProvider.System.GetElapsedTime(begun) < TimeMax)))
        {
            var reported = await KillAsync(backend, random.Next(1, 40), TimeSpan.FromMilliseconds(random.Next(30)));
            kills++;
            var story = await LookAsync(backend);
            Assert.True(story >= reported, $"Edit {reported} was reported as saved, {story} is there. {seed}");
            Assert.True(story >= found, $"Edit {found} was there before, {story} is. {seed}");
            ahead += story > reported ? 1 : 0;
            found = story;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"note: autosave on {backend}: {kills} kills, {found} edits; {ahead} times ahead of the reports");
    }

    public void Dispose() => folder.Delete(recursive: true);

    // Waits for so many reports, and then a moment that ends anywhere in a save.
    private async Task<long> KillAsync(string backend, int reports, TimeSpan moment)
    {
        using var child = Process.Start(NewChild(backend))!;
        var last = 0L;
        for (var i = 0; i < reports; i++)
        {
            last = Read(await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        var end = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(end) < moment)
        {
            await Task.Yield();
        }

        child.Kill();
        while (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            last = Read(line);
        }

        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        return last;
    }

    private static long Read(string? line) => line is null
        ? throw new InvalidOperationException("The child ended by itself.")
        : long.Parse(line, CultureInfo.InvariantCulture);

    // The story and every backup of it are whole.
    private async Task<long> LookAsync(string backend)
    {
        await using var storage = new Storage(await DurableStores.All[backend](Place));
        await using var library = new StoryLibrary(storage);
        var backups = new StoryBackups(storage, library);
        await foreach (var backup in backups.ListAsync(AutosaveEditor.StoryId))
        {
            _ = AutosaveEditor.NumberOf((await backups.ReadAsync(AutosaveEditor.StoryId, backup.Number))!);
        }

        var stored = await library.LoadAsync(AutosaveEditor.StoryId);
        return AutosaveEditor.NumberOf(stored!.Story);
    }

    private ProcessStartInfo NewChild(string backend)
    {
        var runtime = Path.Combine(
            Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..",
            OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var program = Path.Combine(AppContext.BaseDirectory, "Undercroft.Crash.dll");
        return new ProcessStartInfo(Path.GetFullPath(runtime), [program, backend, Place, "autosave"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
    }
}
