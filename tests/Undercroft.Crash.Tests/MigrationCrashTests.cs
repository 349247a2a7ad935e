using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Undercroft.Migrations;
using Undercroft.Testing;

namespace Undercroft.Crash.Tests;

/// <summary>Kills a process that migrates, again and again, then one that takes the migration back.</summary>
public sealed class MigrationCrashTests : IDisposable
{
    private const int Documents = 400;

    private static readonly TimeSpan KillingMax = TimeSpan.FromSeconds(2);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("undercroft-crash-");
    private readonly TestSeed seed = TestSeed.Take();
    private int ahead;

    private string Place => Path.Combine(folder.FullName, "store");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("file")]
    public async Task A_killed_migration_leaves_each_document_old_or_new_and_goes_on(string backend)
    {
        var random = seed.ToRandom();
        var originals = await WriteAsync(backend);

        var kills = await KillAsync("migrate", backend, MigrationState.Completed, random, originals);
        await FinishAsync(backend, MigrationState.Completed, static migrator => migrator.RunAsync(Token));
        var (rewritten, run) = await CheckAsync(backend, originals);
        Assert.True((Documents, MigrationState.Completed, 1L) == (rewritten, run!.State, run.Number), seed.ToString());

        var rollbackKills = await KillAsync("rollback", backend, MigrationState.RolledBack, random, originals);
        await FinishAsync(
            backend, MigrationState.RolledBack, static migrator => migrator.RollbackAsync(cancellationToken: Token));
        (rewritten, run) = await CheckAsync(backend, originals);
        Assert.True((0, MigrationState.RolledBack) == (rewritten, run!.State), seed.ToString());
        Assert.True(
            (Documents, 0L) == (run.Rollback!.Restored, run.Rollback.Kept), $"{run.Rollback}. {seed}");

        Assert.True(
            kills > 0 && rollbackKills > 0,
            $"{kills} and {rollbackKills} kills came in the middle, so nothing is proven. {seed}");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"note: {backend}: {kills} kills in a migration and {rollbackKills} in its rollback, nothing half");
    }

    private async Task<Dictionary<string, string>> WriteAsync(string backend)
    {
        await using var storage = await OpenAsync(backend);
        var notes = storage.Repository(new CollectionDefinition<RawJson>(MigrationChild.Collection, RawJson.Codec));
        var documents = Enumerable.Range(0, Documents)
            .Select(static i => KeyValuePair.Create(
                string.Create(CultureInfo.InvariantCulture, $"n{i:d4}"),
                RawJson.FromText($$"""{ "text":  "Note {{i}}: ä", "x": [{{i}}] }""")))
            .ToList();
        await notes.CreateManyAsync(documents, new WriteOptions { Tags = ["t"] }, Token);
        return await ReadAsync(storage);
    }

    // Lets children work on, kills each in the middle, and looks at what is left; until one gets to the end.
    private async Task<int> KillAsync(
        string verb, string backend, MigrationState end, Random random, Dictionary<string, string> originals)
    {
        var (kills, started) = (0, TimeProvider.System.GetTimestamp());
        var child = Start(verb, backend);
        try
        {
            while (TimeProvider.System.GetElapsedTime(started) < KillingMax * TestSeed.Length)
            {
                await LetGoAsync(child, random);
                child.Kill();
                await child.WaitForExitAsync(Token);
                child.Dispose();

                // The next one starts up while this one's work is looked at.
                child = Start(verb, backend);
                var (_, run) = await CheckAsync(backend, originals);
                if (run?.State == end)
                {
                    break;
                }

                kills++;
            }
        }
        finally
        {
            child.Kill();
            child.Dispose();
        }

        return kills;
    }

    // It gets far enough to be in the middle of something, and not to the end.
    private static async Task LetGoAsync(Process child, Random random)
    {
        await child.StandardInput.WriteAsync(new string('\n', random.Next(9, 30)).AsMemory(), Token);
        await child.StandardInput.FlushAsync(Token);
        for (var batches = random.Next(1, 8); batches > 0; batches--)
        {
            if (await child.StandardOutput.ReadLineAsync(Token) is null)
            {
                Assert.Fail($"The child ended: {await child.StandardError.ReadToEndAsync(Token)}");
            }
        }
    }

    private async Task FinishAsync(string backend, MigrationState end, Func<Migrator, ValueTask<MigrationRun>> work)
    {
        ahead += 10;
        await using var storage = await OpenAsync(backend);
        var migrator = new Migrator(storage, MigrationChild.Collection, MigrationChild.Chain);
        if (await migrator.HistoryAsync(Token) is not [var last, ..] || last.State != end)
        {
            _ = await work(migrator);
        }
    }

    // Every document is its original to the byte, times and all, or has taken the step exactly once; the run's own
    // counts say how many did.
    private async Task<(int Rewritten, MigrationRun? Run)> CheckAsync(
        string backend, Dictionary<string, string> originals)
    {
        await using var storage = await OpenAsync(backend);
        var now = await ReadAsync(storage);
        Assert.True(originals.Count == now.Count, seed.ToString());
        var rewritten = 0;
        foreach (var (id, text) in now)
        {
            if (text == originals[id])
            {
                continue;
            }

            rewritten++;
            var (was, found) = (originals[id].Split('|'), text.Split('|'));
            var json = JsonNode.Parse(found[0])!;
            Assert.True(1 == (int?)json["steps"], $"{id} took its step {json["steps"]} times. {seed}");
            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(was[0])!["text"], json["body"]!["text"]), $"{id}: {text}. {seed}");
            Assert.True(
                was[1] == found[1] && found[2].Contains("[$schema, 2]", StringComparison.Ordinal), $"{text} {seed}");
        }

        var runs = await new Migrator(storage, MigrationChild.Collection, MigrationChild.Chain).HistoryAsync(Token);
        var run = runs.Count == 0 ? null : runs[0];
        Assert.True((run?.Rewritten ?? 0) - (run?.Rollback?.Restored ?? 0) == rewritten, $"{run}: {rewritten}. {seed}");
        return (rewritten, run);
    }

    private static async Task<Dictionary<string, string>> ReadAsync(Storage storage)
    {
        var request = new ScanRequest { Collection = MigrationChild.Collection, Limit = Documents + 1 };
        var page = await storage.Store.ScanAsync(request, Token);
        return page.Items.Select(static item => item.Record).ToDictionary(
            static record => record.Key.Id,
            static record => $"{new RawJson(record.Value)}|{record.CreatedAt:O} {record.UpdatedAt:O}|" +
                string.Join(' ', record.Meta));
    }

    private ValueTask<Storage> OpenAsync(string backend) =>
        MigrationChild.OpenAsync(backend, Place, TimeSpan.FromSeconds(ahead));

    // Its clock is ahead of the one before, whose lease has expired for it.
    private Process Start(string verb, string backend)
    {
        ahead += 10;
        var command = BackendCrash.Command(verb, backend, Place, ahead.ToString(CultureInfo.InvariantCulture));
        (command.RedirectStandardInput, command.RedirectStandardOutput) = (true, true);
        command.RedirectStandardError = true;
        return Process.Start(command) ?? throw new InvalidOperationException("No process was started.");
    }
}
