using System.Text;
using Undercroft.Stories;

namespace Samples;

/// <summary>Stories from any format into any other, and what the reports say:
/// <c>dotnet run --project samples/ImportExport</c>.</summary>
public static class ImportExportSample
{
    private const string Cellar =
        """
        {
          "format": "whisker",
          "formatVersion": "2.0",
          "metadata": { "title": "The Cellar" },
          "settings": { "startPassage": "stairs" },
          "variables": { "hasLamp": { "type": "boolean", "default": false } },
          "passages": [
            {
              "id": "stairs", "name": "Stairs", "text": "Steps lead down into the dark.",
              "choices": [
                { "text": "Go down", "target": "cellar", "condition": "hasLamp" },
                { "text": "Leave", "target": "door" }
              ]
            },
            { "id": "cellar", "name": "Cellar", "text": "Barrels, and a smell of apples." },
            { "id": "door", "name": "Door", "text": "The sun is up." }
          ]
        }
        """;

    /// <summary>Runs the sample in a folder that is gone after.</summary>
    public static async Task Main()
    {
        var folder = Directory.CreateTempSubdirectory("undercroft-stories-");
        try
        {
            await RunAsync(folder.FullName, Console.Out);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs the sample.</summary>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string folder, TextWriter output)
    {
        var inbox = Directory.CreateDirectory(Path.Combine(folder, "inbox")).FullName;
        var file = Path.Combine(inbox, "cellar.json");
        await File.WriteAllTextAsync(file, Cellar);
        await File.WriteAllTextAsync(
            Path.Combine(inbox, "hall.twee"), ":: Start\nA hall. [[On->End]]\n\n:: End\nDark.\n");
        await File.WriteAllTextAsync(Path.Combine(inbox, "notes.txt"), "Buy apples.");

        var story = await ReadAsync(file, output);
        var twee = await WriteAsync(story, output);
        await BackAsync(twee, output);
        await ConvertAsync(inbox, Path.Combine(folder, "out"), output);
    }

    private static async Task<Story> ReadAsync(string file, TextWriter output)
    {
        // docs:detect
        var bytes = await File.ReadAllBytesAsync(file);
        var detection = StoryFormats.Examine(bytes);
        await output.WriteLineAsync($"{Path.GetFileName(file)}: {detection.Sentence}");

        // docs:end
        // docs:read
        var read = StoryFormats.Read(bytes, Path.GetFileName(file));
        var story = read.Stories[0];
        await output.WriteLineAsync($"{story.Name}: {StoryStatistics.Of(story).Links} links, {read.Report.From}");

        // docs:end
        return story;
    }

    private static async Task<ReadOnlyMemory<byte>> WriteAsync(Story story, TextWriter output)
    {
        // docs:write
        var written = StoryFormats.Write([story], StoryFormats.Twee3);
        await output.WriteLineAsync($"lossless: {written.Report.Lossless}, checked: {written.Report.Verified}");
        foreach (var entry in written.Report.Entries.Where(entry => entry.Severity != ConversionSeverity.Info))
        {
            await output.WriteLineAsync($"{entry.Code} {entry.Pointer} {entry.Before}");
        }

        // docs:end
        return written.Bytes;
    }

    private static async Task BackAsync(ReadOnlyMemory<byte> twee, TextWriter output)
    {
        // docs:back
        var back = StoryFormats.Read(twee).Stories;
        var typed = StoryFormats.Write(back, StoryFormats.Whisker, WhiskerDialect.Typed20);
        var hasCondition = Encoding.UTF8.GetString(typed.Bytes.Span).Contains("\"condition\": \"hasLamp\"");
        await output.WriteLineAsync($"the condition is back: {hasCondition}");

        // docs:end
    }

    private static async Task ConvertAsync(string inbox, string results, TextWriter output)
    {
        // docs:folder
        var options = new StoryBatchOptions { Format = StoryFormats.TwineJson };
        var batch = StoryBatch.Plan(inbox, results, options);
        await foreach (var file in batch.RunAsync())
        {
            var made = string.Join(", ", file.Outputs.Select(result => result.File));
            await output.WriteLineAsync($"{file.Source}: {file.Outcome} {made}{file.Error}");
        }

        // docs:end
    }
}
