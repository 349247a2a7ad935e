using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary><c>stories backups prune</c>: deletes what is too many or too old.</summary>
internal sealed class StoriesBackupsPruneCommand : CliCommand
{
    private readonly Argument<string?> story = new("story")
    {
        Description = "Only the backups of this story, which may be deleted; without it, all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<int> keep = new("--keep")
    {
        Description = "How many backups of each story to keep.",
        HelpName = "count",
        DefaultValueFactory = static _ => new StoryBackupOptions().KeptMax,
    };

    private readonly Option<string?> olderThan = new("--older-than")
    {
        Description = "Delete older ones too, such as 30d; the newest of each story stays. Without it age does not "
            + "matter.",
        HelpName = "time",
    };

    public StoriesBackupsPruneCommand(CliContext context)
        : base(context, "prune", "Delete the backups that are too many or too old.")
    {
        Add(story);
        Add(keep);
        Add(olderThan);
        keep.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var options = new StoryBackupOptions
        {
            Clock = run.Host.Clock,
            KeptMax = run.Get(keep),
            KeptFor = run.Get(olderThan) is { } text
                ? Durations.ReadPositive(text, "--older-than")
                : Timeout.InfiniteTimeSpan,
        };
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var library = new StoryLibrary(storage);
        await using var ownedLibrary = library.ConfigureAwait(false);
        var backups = new StoryBackups(storage, library, options);
        var id = run.Get(story) is { } meant
            ? await BackupFinder.FindAsync(storage, backups, meant, cancellationToken).ConfigureAwait(false)
            : null;
        var deleted = await backups.PruneAsync(id, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(new BackupsPrunedView(deleted), CliJson.Default.BackupsPrunedView);
        }
        else
        {
            run.Output.Line($"{Amounts.Of(deleted, "backup", "backups")} deleted.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>stories backups prune --json</c> writes.</summary>
internal sealed record BackupsPrunedView(int Deleted);
