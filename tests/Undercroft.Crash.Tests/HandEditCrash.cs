using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Files;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>A process appends words to notes and is killed, again and again, while this one saves, makes and deletes
/// the same notes by hand. What either of them has written is there in the end: a commit may be missing only where it
/// and an edit by hand had not seen each other, an edit only where it lies in quarantine.</summary>
public sealed class HandEditCrash : IAsyncLifetime
{
    private const int Notes = 16;
    private const int KillsMax = 200;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-hands-");
    private readonly NoteLedger ledger = new(Notes);

    private string Place => Path.Combine(folder.FullName, "store");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return default;
    }

    [Fact]
    public async Task Neither_commits_nor_edits_by_hand_are_lost_when_the_process_is_killed_among_them()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        var kills = 16 * TestSeed.Length;
        var child = Start();
        try
        {
            // A busy machine sees little in each run: then there are more of them.
            for (var kill = 0; kill < kills || (!HasSeenEnough(kills) && kill < KillsMax); kill++)
            {
                await RunAsync(child, random, $"k{kill}");
                child.Dispose();
                child = Start();
                await CheckAsync($"kill {kill}. {seed}");
            }
        }
        finally
        {
            Stop(child);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"note: file, edited by hand meanwhile: {kills} kills, {ledger}, nothing lost");
        Assert.True(HasSeenEnough(kills), ledger.ToString());
    }

    private bool HasSeenEnough(int kills) =>
        ledger.Acknowledged > kills && ledger.Edits > kills && ledger.HandCommits > 0;

    private async Task RunAsync(Process child, Random random, string word)
    {
        await child.StandardInput.WriteLineAsync(word.AsMemory(), Cancel);
        await child.StandardInput.FlushAsync(Cancel);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = ListenAsync(child, begun);
        _ = await Task.WhenAny(begun.Task, listening).WaitAsync(TimeSpan.FromMinutes(2), Cancel);
        if (!begun.Task.IsCompleted)
        {
            await listening;
            Assert.Fail($"The child ended: {await child.StandardError.ReadToEndAsync(Cancel)}");
        }

        var length = TimeSpan.FromMilliseconds(random.Next(40, 250));
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length;)
        {
            EditOne(random);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5)), TimeProvider.System, Cancel);
        }

        Assert.False(child.HasExited, "The child ended by itself.");
        child.Kill();
        await child.WaitForExitAsync(Cancel);
        await listening;
    }

    // Saves as editors do: to another name, then renamed.
    private void EditOne(Random random)
    {
        var note = random.Next(Notes);
        var path = Path.Combine(Place, "notes", $"n{note}.json");
        var temporary = Path.Combine(Place, "notes", ".saved");
        if (random.Next(25) == 0 && Directory.Exists(Path.GetDirectoryName(path)))
        {
            ledger.Delete(note, () => File.Delete(path));
            return;
        }

        var words = ReadWords(path);
        ledger.Edit(note, words, next =>
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(temporary, JsonSerializer.Serialize(next));
            File.Move(temporary, path, overwrite: true);
        });
    }

    private static string[] ReadWords(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(path)) ?? [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private async Task ListenAsync(Process child, TaskCompletionSource begun)
    {
        while (await child.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            // A line that the kill has cut off was never announced.
            if (line.Split(' ') is not [var what, var number, var word, var time, var seen] || seen[^1..] != ".")
            {
                continue;
            }

            var note = int.Parse(number, CultureInfo.InvariantCulture);
            if (what == "b")
            {
                ledger.Begin(note, word, long.Parse(time, CultureInfo.InvariantCulture), seen[..^1].Split(','));
            }
            else if (what == "d")
            {
                ledger.Acknowledge(note, word);
                _ = begun.TrySetResult();
            }
        }
    }

    private async Task CheckAsync(string after)
    {
        var options = new FileStoreOptions { Directory = Place, RescanInterval = Timeout.InfiniteTimeSpan };
        await using var store = await FileStore.OpenAsync(options, cancellationToken: Cancel);
        var nothing = new MaintenanceRequest { Kind = MaintenanceKind.Compact, Through = Revision.None };
        _ = await store.RescanAsync(cancellationToken: Cancel);
        _ = await store.MaintainAsync(nothing, Cancel);
        var aside = Path.Combine(Place, ".undercroft", "quarantine");
        var kept = Directory.Exists(aside)
            ? Directory.GetFiles(aside).Select(static path => File.ReadAllText(path)).ToList()
            : [];

        var feed = await store.ChangesAsync(new ChangesRequest { Limit = 1_000 }, Cancel);
        var changes = feed.Changes.ToDictionary(static change => change.Key);
        for (var note = 0; note < Notes; note++)
        {
            var key = new RecordKey("notes", string.Create(CultureInfo.InvariantCulture, $"n{note}"));
            var found = (await store.ReadAsync(key, new ReadOptions { Detail = RecordDetail.Complete }, Cancel))[0];
            var path = Path.Combine(Place, "notes", $"n{note}.json");
            if (found is null)
            {
                Assert.False(File.Exists(path), $"{key} is deleted and has a file after {after}");
                ledger.CheckDeleted(note, kept, after);
                continue;
            }

            var text = Encoding.UTF8.GetString(found.Value.Span);
            var held = await File.ReadAllTextAsync(path, Cancel);
            Assert.True(text == held, $"{key} differs from its file after {after}");
            Assert.Equal(found.Revision, changes[key].Revision);
            ledger.Check(note, JsonSerializer.Deserialize<string[]>(text)!, found.Origin, kept, after);
        }

        var verified = await store.MaintainAsync(new MaintenanceRequest { Kind = MaintenanceKind.Verify }, Cancel);
        Assert.Empty(verified.Problems);
    }

    private Process Start()
    {
        var runtime = Path.Combine(
            Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..",
            OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var program = Path.Combine(AppContext.BaseDirectory, "Undercroft.Crash.dll");
        return Process.Start(new ProcessStartInfo(Path.GetFullPath(runtime), [program, "notes", Place])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
    }

    private static void Stop(Process child)
    {
        if (!child.HasExited)
        {
            child.Kill();
        }

        child.Dispose();
    }
}
