using System.Globalization;
using Undercroft;
using Undercroft.Stories;

namespace Samples;

/// <summary>A story browser in the terminal: <c>dotnet run --project samples/StoryBrowser [store]</c>.</summary>
/// <remarks>It lists stories, filters them by tag, opens one and follows its links.</remarks>
public static class StoryBrowserSample
{
    private const string Help =
        "list [tag ...] · open NUMBER · go NUMBER · back · tag [tag ...] · title TEXT · export · usage · quit";

    /// <summary>Browses a store, by default one in memory, with the sample stories in it.</summary>
    public static Task Main(string[] args) =>
        RunAsync(args is [var uri, ..] ? uri : "memory:", Console.In, Console.Out);

    /// <summary>Runs the browser until its input ends.</summary>
    /// <param name="uri">The store.</param>
    /// <param name="input">Commands, a line each.</param>
    /// <param name="output">Where to write what happens.</param>
    public static async Task RunAsync(string uri, TextReader input, TextWriter output)
    {
        // docs:open
        var schemes = new StoreSchemes().AddSqlite().AddFiles();
        await using var storage = await Storage.OpenAsync(uri, schemes);
        await using var library = new StoryLibrary(storage);

        // docs:end
        // docs:events
        using var news = library.Events.On<StoryCreated>(created => output.WriteLine($"new: {created.Id}"));
        using var errors = library.Events.On<StorageError>(
            failed => output.WriteLine($"{failed.Operation} failed: {failed.Error.Message}"));

        // docs:end
        await ImportAsync(library);
        var browser = new Browser(library, output);
        await output.WriteLineAsync(Help);
        while (await input.ReadLineAsync() is { } line && line != "quit")
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            await browser.RunAsync(words.FirstOrDefault(""), words.Skip(1).ToArray());
        }
    }

    private static async Task ImportAsync(StoryLibrary library)
    {
        // docs:import
        var folder = Path.Combine(AppContext.BaseDirectory, "stories");
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            await library.ImportAsync(await File.ReadAllBytesAsync(file), Path.GetFileName(file));
        }

        // docs:end
    }

    private sealed class Browser(StoryLibrary library, TextWriter output)
    {
        private readonly Stack<Passage> been = new();
        private IReadOnlyList<Document<StorySummary>> shown = [];
        private IReadOnlyList<Passage> ways = [];
        private StoredStory? open;

        public async Task RunAsync(string command, string[] words)
        {
            var task = command switch
            {
                "list" => ListAsync(words),
                "open" when Number(words) is { } n && n <= shown.Count => OpenAsync(shown[n - 1].Id),
                "go" when Number(words) is { } n && n <= ways.Count => ShowAsync(ways[n - 1]),
                "back" when been.Count > 1 => BackAsync(),
                "tag" when open is not null => TagAsync(words),
                "title" when open is not null && words.Length > 0 => RenameAsync(string.Join(' ', words)),
                "export" when open is not null => ExportAsync(),
                "usage" => UsageAsync(),
                _ => output.WriteLineAsync(Help),
            };
            await task;
        }

        private async Task ListAsync(string[] tags)
        {
            // docs:list
            var filter = new StoryFilter { AllTags = tags, Order = StoryOrder.Name, Limit = 20 };
            var page = await library.PageAsync(filter);
            foreach (var (number, story) in page.Items.Index())
            {
                var tagged = string.Join(' ', story.Tags);
                await output.WriteLineAsync(
                    $"{number + 1}. {story.Value.Name}, {story.Value.Words} words, tags: {tagged}");
            }

            // docs:end
            shown = page.Items;
            await output.WriteLineAsync($"{shown.Count} of {await library.CountAsync()} stories");
        }

        private async Task OpenAsync(string id)
        {
            // docs:load
            open = await library.LoadAsync(id);
            if (open?.Story.FindStart() is { } start)
            {
                been.Clear();
                await ShowAsync(start);
            }

            // docs:end
        }

        private async Task ShowAsync(Passage passage)
        {
            been.Push(passage);
            await output.WriteLineAsync($"== {passage.Name} ==");
            await output.WriteLineAsync(passage.Body.Split('\n')[0]);

            // docs:follow
            var near = await library.PreloadPassagesAsync(open!.Story.Id, passage.Id, depth: 1);
            ways = [.. near.Skip(1)];
            foreach (var (number, way) in ways.Index())
            {
                await output.WriteLineAsync($"  {number + 1}. {way.Name}");
            }

            // docs:end
        }

        private Task BackAsync()
        {
            _ = been.Pop();
            return ShowAsync(been.Pop());
        }

        private async Task TagAsync(string[] tags)
        {
            // docs:metadata
            var patch = new StoryMetadataPatch { Tags = tags };
            var metadata = await library.UpdateMetadataAsync(open!.Story.Id, patch);

            // docs:end
            await output.WriteLineAsync($"{metadata?.Value.Name}: {string.Join(' ', metadata?.Tags ?? [])}");
            open = await library.LoadAsync(open.Story.Id) ?? open;
        }

        private async Task RenameAsync(string title)
        {
            // docs:save
            try
            {
                var options = new StorySaveOptions { Expected = open!.Revision };
                open = await library.SaveAsync(open.Story with { Name = title }, options);
            }
            catch (RevisionConflictException)
            {
                await output.WriteLineAsync("Somebody has changed it meanwhile; here is what there is now.");
                open = await library.LoadAsync(open!.Story.Id, new StoryLoadOptions { IsFresh = true });
            }

            // docs:end
            await output.WriteLineAsync($"{open?.Story.Name}, tags: {string.Join(' ', open?.Tags ?? [])}");
        }

        private async Task ExportAsync()
        {
            // docs:export
            var export = await library.ExportAsync(open!.Story.Id);
            var copy = await library.ImportAsync(export!);

            // docs:end
            await output.WriteLineAsync($"{copy.Stories[0].PassagesChanged} passages changed by its own export");
        }

        private async Task UsageAsync()
        {
            // docs:usage
            var usage = await library.UsageAsync();
            var statistics = library.Statistics;
            await output.WriteLineAsync(
                $"{usage.Stories} stories, {usage.Bytes / 1024} KiB; the cache holds {statistics.CacheEntries} and "
                + string.Create(CultureInfo.InvariantCulture, $"answered {statistics.CacheHitRate:P0} of all loads"));

            // docs:end
        }

        private static int? Number(string[] words) =>
            words is [var word] && int.TryParse(word, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : null;
    }
}
