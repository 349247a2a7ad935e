using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories stats</c>: the size and shape of stories.</summary>
internal sealed class StoriesStatsCommand : CliCommand
{
    private readonly Argument<string[]> stories = StoriesCommands.Stories("The stories; without one, all.");

    public StoriesStatsCommand(CliContext context)
        : base(context, "stats", "Count passages, words and links; with one story, name what leads nowhere.") =>
        Add(stories);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var meant = run.Get(stories) ?? [];
        var unreadable = new UnreadableStories(run);
        var ids = await StoryFinder.FindIdsAsync(storage, meant, unreadable, cancellationToken).ConfigureAwait(false);
        var table = new TableView(
            "Title", ">Passages", ">Words", ">Links", ">Computed", ">Broken", ">Unreachable", ">Endings");
        var last = new StoryStatistics();
        foreach (var id in ids)
        {
            if (await unreadable.LoadAsync(storage, id, cancellationToken).ConfigureAwait(false) is not { } story)
            {
                continue;
            }

            last = StoryStatistics.Of(story);
            if (run.IsJson)
            {
                run.Output.Json(new StoryStatsView(story.Id, story.Name, last), CliJson.Default.StoryStatsView);
            }

            Add(table, story, last);
        }

        if (!run.IsJson)
        {
            run.Output.Table(table);
            if (meant.Length == 1)
            {
                ShowDetails(run, last);
            }
        }

        return unreadable.Show();
    }

    private static void Add(TableView table, Story story, StoryStatistics statistics) => table.Add(
        Titles.Of(story),
        Amounts.Count(statistics.Passages),
        Amounts.Count(statistics.Words),
        Amounts.Count(statistics.Links),
        Amounts.Count(statistics.DynamicLinks),
        Amounts.Count(statistics.BrokenLinks.Count),
        Amounts.Count(statistics.Unreachable.Count),
        Amounts.Count(statistics.DeadEnds.Count));

    private static void ShowDetails(CliRun run, StoryStatistics statistics)
    {
        foreach (var link in statistics.BrokenLinks)
        {
            run.Output.Line(
                $"broken link in {Names.Show(link.PassageName)}, line {link.Line}: {Names.Show(link.Target)}");
        }

        foreach (var name in statistics.Unreachable)
        {
            run.Output.Line($"unreachable: {Names.Show(name)}");
        }
    }
}

/// <summary>What <c>stories stats --json</c> writes for each story.</summary>
internal sealed record StoryStatsView(string Id, string Name, StoryStatistics Statistics);
