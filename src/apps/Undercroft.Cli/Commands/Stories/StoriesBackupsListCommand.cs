using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories backups list</c>: the backups there are.</summary>
internal sealed class StoriesBackupsListCommand : CliCommand
{
    private readonly Argument<string?> story = new("story")
    {
        Description = "Only the backups of this story, which may be deleted; without it, all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public StoriesBackupsListCommand(CliContext context)
        : base(context, "list", "List the backups of a story, or of all, the newest first.") =>
        Add(story);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var ownedLibrary = library.ConfigureAwait(false);
        var backups = new StoryBackups(storage, library);
        var id = run.Get(story) is { } meant
            ? await BackupFinder.FindAsync(storage, backups, meant, cancellationToken).ConfigureAwait(false)
            : null;
        var found = new List<StoryBackup>();
        await foreach (var backup in backups.ListAsync(id, cancellationToken).ConfigureAwait(false))
        {
            if (run.IsJson)
            {
                run.Output.Json(StoryBackupView.Of(backup), CliJson.Default.StoryBackupView);
            }
            else
            {
                found.Add(backup);
            }
        }

        if (!run.IsJson)
        {
            run.Output.Table(StoryBackupView.Table(found));
            run.Output.Note(
                $"{Amounts.Of(found.Count, "backup", "backups")}, {Amounts.Bytes(found.Sum(one => one.Bytes))}.");
        }

        return ExitCode.Ok;
    }
}
