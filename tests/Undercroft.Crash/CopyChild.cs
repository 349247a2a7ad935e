using System.Globalization;
using Undercroft.Copies;

namespace Undercroft.Crash;

/// <summary>Copies one store into another until it is killed, and says what it was told is safe.</summary>
internal static class CopyChild
{
    /// <summary>The first argument that asks for it: <c>copy PLACE PLACE</c>, SQLite into files.</summary>
    public const string Word = "copy";

    public static async Task RunAsync(string from, string to, TextReader input, Stream output)
    {
        // Its start costs no time of the run before.
        _ = await input.ReadLineAsync();
        await using var source = await DurableStores.All["sqlite"](from);
        await using var target = await DurableStores.All["file"](to);
        await using var told = new StreamWriter(output) { AutoFlush = true };
        var copy = new StoreCopy(source, target, Options);
        _ = await copy.RunAsync(new Told(told));

        // It has come to the end; it is killed all the same.
        await told.WriteLineAsync("end");
        _ = await input.ReadLineAsync();
    }

    /// <summary>Small batches, and a lease that a killed copy does not hold for long.</summary>
    public static StoreCopyOptions Options { get; } =
        new() { BatchSize = 20, Lease = TimeSpan.FromMilliseconds(100) };

    private sealed class Told(StreamWriter output) : IProgress<CopyReport>
    {
        public void Report(CopyReport value) => output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{value.Records + value.Deletions}"));
    }
}
