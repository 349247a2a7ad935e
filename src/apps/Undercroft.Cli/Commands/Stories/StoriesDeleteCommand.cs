using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories delete</c>: deletes one story whole.</summary>
internal sealed class StoriesDeleteCommand : CliCommand
{
    private readonly Argument<string> story = StoriesCommands.Story();

    public StoriesDeleteCommand(CliContext context)
        : base(context, "delete", "Delete a story with all its passages.") =>
        Add(story);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var (id, name) = await StoryFinder.FindSpoiledAsync(storage, run.Require(story), cancellationToken)
            .ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var closed = library.ConfigureAwait(false);
        if (!await library.DeleteAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            throw new CliException(ExitCode.NotFound, $"The story {Names.Show(id)} was deleted meanwhile.");
        }

        if (run.IsJson)
        {
            run.Output.Json(new StoryDeletedView(id, name ?? ""), CliJson.Default.StoryDeletedView);
        }
        else
        {
            run.Output.Line($"{(name is null ? "What could not be read" : Names.Show(name))} ({id}) is deleted.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>stories delete --json</c> writes.</summary>
internal sealed record StoryDeletedView(string Id, string Name);
