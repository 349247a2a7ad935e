using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Files;

namespace Undercroft.Crash;

/// <summary>Appends to notes that somebody else edits by hand at the same time, until it is killed: reads a note, adds
/// a word, and writes it if it is still the same. Says on its output what it begins and what was acknowledged.
/// </summary>
internal static class NoteWriter
{
    private const int Writers = 4;
    private const int NotesEach = 4;

    public static async Task RunAsync(string place)
    {
        var word = await Console.In.ReadLineAsync() ?? "";
        await using var store = await FileStore.OpenAsync(new FileStoreOptions
        {
            Directory = place,
            TreeDelay = TimeSpan.FromMilliseconds(2),
            RescanInterval = TimeSpan.FromMilliseconds(10),
            JournalBytesMax = 256 * 1024,
        });
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => AppendAsync(store, writer, word, output)));
    }

    private static async Task AppendAsync(FileStore store, int writer, string word, TextWriter output)
    {
        for (var i = 0; ; i++)
        {
            var note = (writer * NotesEach) + (i % NotesEach);
            var key = new RecordKey("notes", string.Create(CultureInfo.InvariantCulture, $"n{note}"));
            var found = (await store.ReadAsync(key))[0];
            if (ReadWords(found) is not { } words)
            {
                continue;
            }

            var next = string.Create(CultureInfo.InvariantCulture, $"{word}.{writer}.{i}");
            var value = "[" + string.Join(',', words.Append(next).Select(static one => $"\"{one}\"")) + "]";
            var condition = found is null ? WriteCondition.Absent : WriteCondition.At(found.Revision);
            var put = new PutOperation(key, Encoding.UTF8.GetBytes(value), condition);
            var seen = string.Join(',', words.Where(static one => one[0] == 'h'));
            await output.WriteLineAsync($"b {note} {next} {Stopwatch.GetTimestamp()} {seen}.");
            var level = i % 3 == 0 ? Durability.Disk : Durability.Os;
            var result = await store.CommitAsync(new Commit(put) { Durability = level });
            await output.WriteLineAsync($"{(result.IsCommitted ? 'd' : 'x')} {note} {next} 0 .");
        }
    }

    private static string[]? ReadWords(StoreRecord? note)
    {
        try
        {
            return note is null ? [] : JsonSerializer.Deserialize<string[]>(note.Value.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
