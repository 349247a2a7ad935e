using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories backups create</c>: backs stories up.</summary>
internal sealed class StoriesBackupsCreateCommand : CliCommand
{
    private readonly Argument<string[]> stories = StoriesCommands.Stories("The stories; without one, all.");
    private readonly Option<string?> folder = new("--folder")
    {
        Description = "Write each backup as a file into this folder too, and rotate what is there.",
        HelpName = "path",
    };

    public StoriesBackupsCreateCommand(CliContext context)
        : base(context, "create", "Back up stories as they are now; the oldest backups give way.")
    {
        Add(stories);
        Add(folder);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var ownedLibrary = library.ConfigureAwait(false);
        var backups = new StoryBackups(
            storage, library, new StoryBackupOptions { Clock = run.Host.Clock, Directory = run.Get(folder) });
        var unreadable = new UnreadableStories(run);
        var ids = await StoryFinder.FindIdsAsync(storage, run.Get(stories) ?? [], unreadable, cancellationToken)
            .ConfigureAwait(false);
        await run.Output.ProgressAsync("Backing up", async progress =>
        {
            for (var i = 0; i < ids.Count; i++)
            {
                try
                {
                    Show(run, await backups.CreateAsync(ids[i], cancellationToken).ConfigureAwait(false));
                }
                catch (StoreException error) when (UnreadableStories.IsUnreadable(error))
                {
                    unreadable.Add(ids[i], error);
                }

                progress.Report((i + 1, ids.Count));
            }
        }).ConfigureAwait(false);
        return unreadable.Show();
    }

    // A story that was deleted meanwhile has nothing to back up.
    private static void Show(CliRun run, StoryBackup? backup)
    {
        if (backup is not null && run.IsJson)
        {
            run.Output.Json(StoryBackupView.Of(backup), CliJson.Default.StoryBackupView);
        }
        else if (backup is not null)
        {
            run.Output.Line(
                $"{Names.Show(backup.Name)} ({backup.StoryId}): backup {backup.Number}, "
                + $"{Amounts.Bytes(backup.Bytes)}.");
        }
    }
}
