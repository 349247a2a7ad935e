using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories show</c>: one story, or the text of one passage.</summary>
internal sealed class StoriesShowCommand : CliCommand
{
    private readonly Argument<string> story = StoriesCommands.Story();

    private readonly Option<string?> passage = new("--passage", "-p")
    {
        Description = "Print the text of this passage as its author wrote it.",
        HelpName = "name",
    };

    public StoriesShowCommand(CliContext context)
        : base(context, "show", "Show what a story consists of, or the text of one passage.")
    {
        Add(story);
        Add(passage);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var summary = await StoryFinder.FindAsync(storage, run.Require(story), cancellationToken).ConfigureAwait(false);
        var whole = await StoryFinder.LoadAsync(storage, summary.Id, cancellationToken).ConfigureAwait(false);
        if (run.Get(passage) is { } name)
        {
            ShowPassage(run, whole, name);
        }
        else if (run.IsJson)
        {
            var passages = whole.Passages.Select(static passage => PassageView.Of(passage, withBody: false));
            run.Output.Json(
                new StoryDetailView(StoryView.Of(summary), whole.FindStart()?.Name, [.. passages]),
                CliJson.Default.StoryDetailView);
        }
        else
        {
            ShowStory(run, summary, whole);
        }

        return ExitCode.Ok;
    }

    private static void ShowPassage(CliRun run, Story story, string name)
    {
        var found = story.Passages.FirstOrDefault(passage => passage.Name == name)
            ?? story.Passages.FirstOrDefault(passage => passage.Id == name)
            ?? throw new CliException(
                ExitCode.NotFound,
                $"The story {Names.Show(story.Name)} has no passage {Names.Show(name)}. "
                + $"'{CliApp.Name} stories show {story.Id}' lists them.");
        if (run.IsJson)
        {
            run.Output.Json(PassageView.Of(found, withBody: true), CliJson.Default.PassageView);
        }
        else
        {
            run.Output.Block(found.Body);
        }
    }

    private static void ShowStory(CliRun run, StorySummary summary, Story story)
    {
        var facts = new List<string> { $"id {story.Id}" };
        facts.Add(story.Ifid is { } ifid ? $"IFID {ifid.Raw}" : "no IFID");
        facts.Add(story.Format is { } format ? $"{format} {story.FormatVersion}".Trim() : "no story format");
        facts.Add(Amounts.Of(summary.Words, "word", "words"));
        if (summary.File is { } file)
        {
            facts.Add($"from {file}");
        }

        if (story.Tags.Count > 0)
        {
            facts.Add($"tags {string.Join(" ", story.Tags)}");
        }

        run.Output.Line(Titles.Of(story));
        run.Output.Line(string.Join(", ", facts));
        var start = story.FindStart();
        var table = new TableView("Passage", "Kind", "Tags", ">Characters");
        foreach (var passage in story.Passages)
        {
            table.Add(
                passage.Name,
                ReferenceEquals(passage, start) ? "start" : StoreInfoView.Lower(passage.Kind),
                string.Join(' ', passage.Tags),
                Amounts.Count(passage.Body.Length));
        }

        run.Output.Table(table);
    }
}

/// <summary>What <c>stories show --json</c> writes.</summary>
internal sealed record StoryDetailView(StoryView Story, string? Start, IReadOnlyList<PassageView> Passages);

/// <summary>A passage; its body only where one passage was asked for.</summary>
internal sealed record PassageView(
    string Id, string Name, PassageKind Kind, IReadOnlyList<string> Tags, int Characters, string? Body)
{
    public static PassageView Of(Passage passage, bool withBody) => new(
        passage.Id, passage.Name, passage.Kind, passage.Tags, passage.Body.Length, withBody ? passage.Body : null);
}
