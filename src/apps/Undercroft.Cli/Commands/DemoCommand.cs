using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>demo</c>: the main job once through, for who sees the tool for the first time.</summary>
internal sealed class DemoCommand : CliCommand
{
    private const int HitsMax = 5;
    private const int LongestMax = 3;
    private const string QueryShown = """'{"words": {"gt": 100}}'""";

    private readonly Argument<string?> folder = new("folder")
    {
        Description = "A folder of stories; without one, the samples that come with the tool.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public DemoCommand(CliContext context)
        : base(context, "demo", "Import a folder of stories, list them, query and search them.") =>
        Add(folder);

    /// <summary>Where the samples lie beside the program.</summary>
    internal static string Samples => Path.Combine(AppContext.BaseDirectory, "samples", "stories");

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var files = await StoryFiles
            .FindAsync(run, [run.Get(folder) ?? Samples], format: null, cancellationToken)
            .ConfigureAwait(false);
        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var closed = library.ConfigureAwait(false);
        var backups = new StoryBackups(storage, library, new StoryBackupOptions { Clock = run.Host.Clock });
        var outcomes = await run.Output
            .ProgressAsync(
                "Importing",
                progress => StoryImporter.ImportAsync(
                    library, backups, isForced: false, files, progress, cancellationToken))
            .ConfigureAwait(false);
        var import = ImportView.Of(run.Choice.Uri.ToString(), outcomes);
        if (import.Stories.Count == 0)
        {
            throw new CliException(
                ExitCode.NotFound,
                $"No file in {Names.Show(run.Get(folder) ?? Samples)} holds a story.");
        }

        if (run.IsJson)
        {
            run.Output.Json(new DemoView(import, storage.Info.Location), CliJson.Default.DemoView);
        }
        else
        {
            await ShowAsync(run, storage, library, import, cancellationToken).ConfigureAwait(false);
        }

        return import.Failed.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }

    private static async Task ShowAsync(
        CliRun run,
        Storage storage,
        StoryLibrary library,
        ImportView import,
        CancellationToken cancellationToken)
    {
        var lost = import.Stories.Sum(static story => story.Losses);
        run.Output.Line($"Imported {Amounts.Of(import.Stories.Count, "story", "stories")}, "
            + $"{(lost == 0 ? "nothing lost" : $"{Amounts.Of(lost, "thing", "things")} lost")}:");
        foreach (var failed in import.Failed)
        {
            run.Output.Note($"{CliApp.Name}: {failed.Error}");
        }

        var all = storage.Repository(StoryLibrary.Summaries).Query();
        var stories = await ToListAsync(all.OrderBy("nameKey", "$id").StreamAsync(cancellationToken))
            .ConfigureAwait(false);
        run.Output.Table(StoryView.Table(stories));

        run.Output.Line();
        run.Output.Line("The longest of them, by a query for those with passages:");
        var longest = all.WhereJson("""{"passages": {"gt": 0}}""").OrderBy("-words").Take(LongestMax);
        foreach (var story in await ToListAsync(longest.StreamAsync(cancellationToken)).ConfigureAwait(false))
        {
            run.Output.Line($"  {story.Name}, {Amounts.Of(story.Words, "word", "words")}");
        }

        var word = WordOf(stories);
        run.Output.Line();
        run.Output.Line($"The first places with {Names.Show(word)} in them:");
        var hits = library.SearchAsync(word, cancellationToken);
        _ = await StoriesSearchCommand.ShowAsync(run, hits, HitsMax).ConfigureAwait(false);

        run.Output.Line();
        run.Output.Line(storage.Info.Location is { } location
            ? $"They are kept in {Shown(location, run.Choice)}. Delete it when you have seen enough, or go on:"
            : "They were kept in memory, and are gone now. Name a store by --store to keep them.");
        if (storage.Info.Location is not null)
        {
            var isNamed = run.Choice.Source == "--store";
            var hasSecret = isNamed && UriText.HasSecret(run.Choice.Uri);
            var option = isNamed && !hasSecret ? $" --store {UriText.Shown(run.Choice.Uri)}" : "";
            if (hasSecret)
            {
                run.Output.Line("(Each with the --store of this call; it holds a password, and is not shown.)");
            }

            run.Output.Line($"  {CliApp.Name} stories show {stories[0].Id}{option}");
            run.Output.Line($"  {CliApp.Name} stories search {word}{option}");
            run.Output.Line($"  {CliApp.Name} store query stories {QueryShown} --order=-words{option}");
        }
    }

    // A server's address is no path.
    private static string Shown(string location, StoreChoice choice) =>
        StorePlace.Of(choice.Uri) is null ? location : Path.GetFullPath(location);

    // The longest word of all titles is likely to stand in a passage too.
    private static string WordOf(IReadOnlyList<StorySummary> stories) => stories
        .SelectMany(static story => story.Name.Split([' ', '\'', '’', ',', ':'], StringSplitOptions.RemoveEmptyEntries))
        .Where(static word => word.All(char.IsLetter))
        .DefaultIfEmpty("a")
        .MaxBy(static word => word.Length)!;

    private static async Task<List<StorySummary>> ToListAsync(IAsyncEnumerable<Document<StorySummary>> stories)
    {
        var list = new List<StorySummary>();
        await foreach (var story in stories.ConfigureAwait(false))
        {
            list.Add(story.Value);
        }

        return list;
    }
}

/// <summary>What <c>demo --json</c> writes.</summary>
internal sealed record DemoView(ImportView Import, string? Location);
