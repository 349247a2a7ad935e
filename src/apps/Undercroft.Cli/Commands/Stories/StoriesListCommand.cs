using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories list</c>: the stories there are.</summary>
internal sealed class StoriesListCommand(CliContext context)
    : CliCommand(context, "list", "List the stories by title.")
{
    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var unreadable = new UnreadableStories(run);
        var stories = new List<StorySummary>();
        var sorted = storage.Repository(StoryLibrary.Summaries).Query()
            .PassingOver(unreadable.Add)
            .OrderBy("nameKey", "$id");
        await foreach (var story in sorted.StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            if (run.IsJson)
            {
                run.Output.Json(StoryView.Of(story.Value), CliJson.Default.StoryView);
            }
            else
            {
                stories.Add(story.Value);
            }
        }

        if (!run.IsJson)
        {
            run.Output.Table(StoryView.Table(stories));
            run.Output.Note($"{Amounts.Of(stories.Count, "story", "stories")} in {run.Choice.Uri}.");
        }

        return unreadable.Show();
    }
}
