using System.Text.Json.Serialization;
using Undercroft;
using Undercroft.Archives;
using Undercroft.Copies;

namespace Samples;

internal sealed record Note(string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Note))]
internal sealed partial class NoteJson : JsonSerializerContext;

/// <summary>Moves an application from SQLite to files while it runs, and archives it:
/// <c>dotnet run --project samples/LiveCopy</c>.</summary>
public static class LiveCopySample
{
    private static readonly CollectionDefinition<Note> Notes = new("notes", NoteJson.Default.Note);

    /// <summary>Runs in a new folder in the working directory, or in the one given.</summary>
    public static Task Main(string[] args) => RunAsync(args is [var folder] ? folder : "live-copy", Console.Out);

    /// <summary>Runs the sample.</summary>
    /// <param name="folder">Where the stores and the archive go.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string folder, TextWriter output)
    {
        _ = Directory.CreateDirectory(folder);
        await CopyAsync(folder, output);
        await ArchiveAsync(folder, output);
    }

    private static async Task CopyAsync(string folder, TextWriter output)
    {
        // docs:open
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        await using var old = await Storage.OpenAsync($"sqlite:{folder}/notes.db", schemes);
        await using var next = await Storage.OpenAsync($"file:{folder}/notes", schemes);

        // docs:end
        var notes = old.Repository(Notes);
        await notes.UpsertAsync("milk", new Note("Buy milk"), new WriteOptions { Tags = ["home"] });
        await notes.UpsertAsync("lamp", new Note("Mend the lamp"));

        // docs:live
        using var stop = new CancellationTokenSource();
        var seen = new Seen();
        var copy = new StoreCopy(old.Store, next.Store, new StoreCopyOptions { IsLive = true });
        var copying = copy.RunAsync(seen, stop.Token);

        // The application goes on: what it writes arrives.
        await seen.HasCaughtUp;
        await notes.UpsertAsync("oil", new Note("Buy oil"));
        await notes.DeleteAsync("milk");
        await seen.CountAsync(4);
        await stop.CancelAsync();

        // docs:end
        try
        {
            await copying;
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync("stopped");
        }

        // docs:resume
        await notes.UpsertAsync("late", new Note("Written while nobody copied"));
        var report = await new StoreCopy(old.Store, next.Store).RunAsync();
        var comparison = await StoreComparison.CompareAsync(old.Store, next.Store);

        // docs:end
        await output.WriteLineAsync(
            $"{report.Records} records, {report.Deletions} deletion, resumed: {report.IsResumed}");
        await output.WriteLineAsync($"equal: {comparison.AreEqual}, {comparison.Compared} compared");
    }

    private static async Task ArchiveAsync(string folder, TextWriter output)
    {
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        await using var store = await Storage.OpenAsync($"file:{folder}/notes", schemes);

        File.Delete($"{folder}/notes.tar.gz");

        // docs:archive
        await StoreArchive.WriteFileAsync(
            store.Store, $"{folder}/notes.tar.gz", new ArchiveOptions { IsCompressed = true });

        // docs:end
        // docs:restore
        await using var archive = File.OpenRead($"{folder}/notes.tar.gz");
        await using var restored = await Storage.OpenAsync("memory:");
        var report = await StoreArchive.RestoreAsync(archive, restored.Store);

        // docs:end
        var lamp = await restored.Repository(Notes).GetAsync("lamp");
        await output.WriteLineAsync($"restored {report.Written}: {lamp?.Value.Text}");
    }

    /// <summary>Tells when the copy has caught up, and when so many records and deletions have arrived.</summary>
    private sealed class Seen : IProgress<CopyReport>
    {
        private readonly TaskCompletionSource caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim told = new(0);
        private long count;

        public Task HasCaughtUp => caughtUp.Task;

        public void Report(CopyReport value)
        {
            Volatile.Write(ref count, value.Records + value.Deletions);
            _ = told.Release();
            if (value.HasCaughtUp)
            {
                _ = caughtUp.TrySetResult();
            }
        }

        public async Task CountAsync(long wanted)
        {
            while (Volatile.Read(ref count) < wanted)
            {
                await told.WaitAsync();
            }
        }
    }
}
