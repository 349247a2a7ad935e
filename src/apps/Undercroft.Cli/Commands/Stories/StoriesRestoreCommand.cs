using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories restore</c>: puts a backup in the story's place.</summary>
internal sealed class StoriesRestoreCommand : CliCommand
{
    private readonly Argument<string> story = new("story")
    {
        Description = "The story: its id, the beginning of its id, or its title. It may be deleted.",
    };

    private readonly Option<long?> backup = new("--backup")
    {
        Description = "The number of the backup, as 'stories backups list' shows it; without it, the newest.",
        HelpName = "number",
    };

    public StoriesRestoreCommand(CliContext context)
        : base(context, "restore", "Put a backup in the story's place. What is there is backed up first.")
    {
        Add(story);
        Add(backup);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var ownedLibrary = library.ConfigureAwait(false);
        var backups = new StoryBackups(storage, library, new StoryBackupOptions { Clock = run.Host.Clock });
        var id = await BackupFinder.FindAsync(storage, backups, run.Require(story), cancellationToken)
            .ConfigureAwait(false);
        var newest = await backups.ListAsync(id, cancellationToken).FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
        var number = run.Get(backup) ?? newest?.Number ?? 0;
        var isSpoiled = newest is not null
            && await IsSpoiledAsync(library, id, cancellationToken).ConfigureAwait(false);
        var restored = await backups.RestoreAsync(id, number, cancellationToken).ConfigureAwait(false)
            ?? throw new CliException(
                ExitCode.NotFound,
                newest is null
                    ? $"There is no backup of {Names.Show(id)}."
                    : $"There is no backup {number} of {Names.Show(id)}. "
                        + $"'{CliApp.Name} stories backups list' shows what there is.");
        if (isSpoiled)
        {
            run.Output.Note("What was there could not be read; it is deleted, not backed up.");
        }

        if (run.IsJson)
        {
            run.Output.Json(
                new StoryRestoredView(id, restored.Story.Name, number, restored.Revision.Value),
                CliJson.Default.StoryRestoredView);
        }
        else
        {
            run.Output.Line($"{Names.Show(restored.Story.Name)} ({id}) is as it was in backup {number}.");
        }

        return ExitCode.Ok;
    }

    private static async Task<bool> IsSpoiledAsync(StoryLibrary library, string id, CancellationToken cancellationToken)
    {
        try
        {
            _ = await library.LoadAsync(id, cancellationToken: cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (StoreException error) when (UnreadableStories.IsUnreadable(error))
        {
            return true;
        }
    }
}

/// <summary>What <c>stories restore --json</c> writes.</summary>
internal sealed record StoryRestoredView(string Id, string Name, long Backup, long Revision);
