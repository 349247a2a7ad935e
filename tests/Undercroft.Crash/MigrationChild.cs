using System.Globalization;
using System.Text.Json.Nodes;
using Undercroft.Migrations;

namespace Undercroft.Crash;

/// <summary>Migrates a collection, or takes a migration back, and tells each batch, until it is killed. It waits
/// for a line before it begins and behind each batch, so that it is no faster than whoever kills it.</summary>
public static class MigrationChild
{
    /// <summary>The collection.</summary>
    public const string Collection = "notes";

    /// <summary>The documents in a batch.</summary>
    public const int BatchSize = 5;

    /// <summary>A step that counts in the document how often it was taken.</summary>
    public static MigrationChain Chain { get; } = new MigrationChain("1").Step("1", "2", static note =>
    {
        note["steps"] = ((int?)note["steps"] ?? 0) + 1;
        note["body"] = new JsonObject { ["text"] = note["text"]!.GetValue<string>() };
        note.Remove("text");
        return note;
    });

    /// <summary>Opens a storage whose clock is ahead.</summary>
    public static async ValueTask<Storage> OpenAsync(string backend, string place, TimeSpan ahead)
    {
        var clock = new ShiftedClock(ahead);
        return new Storage(
            await DurableStores.OpenAsync(backend, place, clock),
            new StorageOptions
            {
                Clock = clock, SweepInterval = Timeout.InfiniteTimeSpan, Durability = Durability.Disk,
            });
    }

    /// <summary>Does the work.</summary>
    /// <param name="verb"><c>migrate</c> or <c>rollback</c>.</param>
    /// <param name="backend">The backend.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="ahead">How many seconds the clock is ahead.</param>
    public static async Task RunAsync(string verb, string backend, string place, string ahead)
    {
        _ = await Console.In.ReadLineAsync();
        await using var storage = await OpenAsync(
            backend, place, TimeSpan.FromSeconds(int.Parse(ahead, CultureInfo.InvariantCulture)));
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var options = new MigratorOptions
        {
            BatchSize = BatchSize, Lease = TimeSpan.FromSeconds(5), Progress = new Lines(output),
        };
        var migrator = new Migrator(storage, Collection, Chain, options);
        _ = verb == "migrate" ? await migrator.RunAsync() : await migrator.RollbackAsync();
        await output.WriteLineAsync("done");
    }

    private sealed class Lines(StreamWriter output) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value)
        {
            output.WriteLine($"at {value.Cursor}");
            _ = Console.ReadLine();
        }
    }
}
