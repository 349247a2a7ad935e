using System.Diagnostics;
using System.Globalization;
using Undercroft.Copies;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>Kills a copy from SQLite to files, again and again, while the source is written to between the kills: what
/// it told of is there, no record is written twice for one kill, and in the end both are equal.</summary>
public sealed class CopyCrash : IDisposable
{
    private const int Records = 4000;

    // On a busy machine a copy may be done before the kill comes: then it is tried again.
    private const int MidwayMin = 2;
    private const int KillsMax = 400;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-copy-crash-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Source => Path.Combine(folder.FullName, "source.db");

    private string Target => Path.Combine(folder.FullName, "target");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_copy_killed_at_any_moment_goes_on_and_is_equal_in_the_end()
    {
        var seed = TestSeed.Take();
        var random = seed.ToRandom();
        await FillAsync();
        var (kills, told, midway) = (0, 0L, 0);
        var child = Process.Start(NewChild())!;
        for (; kills < 8 * TestSeed.Length || (midway < MidwayMin && kills < KillsMax); kills++)
        {
            var (last, hasEnded) = await KillAsync(child, random);

            // The next one starts up while this one's work is looked at.
            child = Process.Start(NewChild())!;
            await using var target = await DurableStores.All["file"](Target);
            var kept = await CountedAsync(target);
            Assert.True(kept >= last, $"Kill {kills}: the copy told of {last}, and {kept} are there. {seed}");
            Assert.True(kept >= told, $"Kill {kills}: there were {told}, and now {kept}. {seed}");
            midway += hasEnded ? 0 : 1;
            told = kept;
            if (hasEnded)
            {
                await ChangeAsync(random);
            }
        }

        child.Kill();
        child.Dispose();
        await CheckAsync(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"note: copy: {kills} kills, {midway} of them midway");
        Assert.True(midway >= MidwayMin, $"Only {midway} of {kills} kills came midway. {seed}");
    }

    // Kills the copy a short time after its first batch, or when it has come to the end.
    private static async Task<(long Told, bool HasEnded)> KillAsync(Process child, Random random)
    {
        using var ended = child;
        await child.StandardInput.WriteLineAsync();
        await child.StandardInput.FlushAsync(Cancel);
        var first = await child.StandardOutput.ReadLineAsync(Cancel);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 60)), TimeProvider.System, Cancel);
        child.Kill();
        var rest = await child.StandardOutput.ReadToEndAsync(Cancel);
        await child.WaitForExitAsync(Cancel);
        Assert.True(first is not null, await child.StandardError.ReadToEndAsync(Cancel));

        // A line cut off by the kill was never told.
        string[] lines = [first, .. rest.Split('\n')[..^1]];
        var numbers = lines
            .Where(static line => line != "end")
            .Select(static line => long.Parse(line, CultureInfo.InvariantCulture));
        return (numbers.LastOrDefault(), lines.Contains("end"));
    }

    private async Task FillAsync()
    {
        await using var source = await DurableStores.All["sqlite"](Source);
        for (var i = 0; i < Records; i += 500)
        {
            _ = await source.CommitAsync(
                new Commit([.. Enumerable.Range(i, 500).Select(static number => Put(number, number))]), Cancel);
        }
    }

    private async Task ChangeAsync(Random random)
    {
        await using var source = await DurableStores.All["sqlite"](Source);
        for (var i = 0; i < 40; i++)
        {
            var first = random.Next(Records);
            StoreOperation[] operations =
            [
                .. Enumerable.Range(first, 50).Select(number => (StoreOperation)(random.Next(5) == 0
                    ? new DeleteOperation(Put(number, 0).Key)
                    : Put(number, random.Next()))),
            ];
            _ = await source.CommitAsync(new Commit(operations), Cancel);
        }
    }

    private async Task CheckAsync(TestSeed seed)
    {
        await using var source = await DurableStores.All["sqlite"](Source);
        await using var target = await DurableStores.All["file"](Target);
        _ = await new StoreCopy(source, target).RunAsync(cancellationToken: Cancel);
        var comparison = await StoreComparison.CompareAsync(source, target, cancellationToken: Cancel);
        Assert.True(comparison.AreEqual, $"{string.Join(", ", comparison.Differences.Take(5))}. {seed}");
    }

    // What the copy has counted so far, as its target keeps it.
    private static async Task<long> CountedAsync(IStore target)
    {
        var page = await target.ScanAsync(new ScanRequest { Collection = "$copies" }, Cancel);
        using var state = System.Text.Json.JsonDocument.Parse(
            page.Items.Single(static item => item.Record.Key.Id != "lease").Record.Value);
        return state.RootElement.GetProperty("records").GetInt64() +
            state.RootElement.GetProperty("deletions").GetInt64();
    }

    private static PutOperation Put(int number, int content) => new(
        new RecordKey("stories", $"s{number:D5}"), System.Text.Encoding.UTF8.GetBytes($"{{\"n\":{content}}}"))
    {
        Entries = [new IndexEntry("i", BitConverter.GetBytes(content))],
    };

    private ProcessStartInfo NewChild()
    {
        var command = BackendCrash.Command("copy", Source, Target);
        command.RedirectStandardInput = true;
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        return command;
    }
}
