using System.CommandLine;
using Undercroft.Archives;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store restore</c>: puts a backup or an archive in the place of the store.</summary>
internal sealed class StoreRestoreCommand : CliCommand
{
    private readonly Argument<string> backup = new("backup")
    {
        Description = "What 'store backup' made of a store of the same kind, or 'store archive' of any.",
    };

    private readonly Option<bool> force = new("--force")
    {
        Description = "Put it in the place of a store that is there. That one is moved aside, not deleted.",
    };

    private readonly Option<bool> merge = new("--merge")
    {
        Description = "Restore an archive into the store that is there; documents it has already stay as they are.",
    };

    private readonly Option<bool> overwrite = new("--overwrite")
    {
        Description = "Restore an archive into the store that is there; documents of the same id are overwritten.",
    };

    public StoreRestoreCommand(CliContext context)
        : base(
            context,
            "restore",
            "Verify a backup or archive and make it the store. Stop every other process that has the store open first.")
    {
        Add(backup);
        Add(force);
        Add(merge);
        Add(overwrite);
        Validators.Add(result =>
        {
            var chosen = new[] { force, merge, overwrite }.Count(result.GetValue);
            if (chosen > 1)
            {
                result.AddError("--force, --merge and --overwrite exclude each other.");
            }
        });
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var path = run.RequirePath(backup);
        var outcome = ArchiveFile.IsOne(path)
            ? await RestoreArchiveAsync(run, path, cancellationToken).ConfigureAwait(false)
            : await RestoreBackupAsync(run, path, cancellationToken).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new RestoreView(
                    outcome.Target, outcome.Examined, outcome.MovedAside, outcome.Kept, outcome.IsResumed),
                CliJson.Default.RestoreView);
            return ExitCode.Ok;
        }

        run.Output.Line($"Restored {outcome.Target}: {Amounts.Of(outcome.Examined, "record", "records")}, verified"
            + (outcome.Kept == 0 ? "." : $"; {Amounts.Count(outcome.Kept)} were there and stay as they are."));
        if (outcome.MovedAside is { } aside)
        {
            run.Output.Line($"What was there before is now {aside}.");
        }

        return ExitCode.Ok;
    }

    private Task<RestoreOutcome> RestoreBackupAsync(CliRun run, string path, CancellationToken cancellationToken)
    {
        if (run.Get(merge) || run.Get(overwrite))
        {
            throw new CliException(
                ExitCode.Usage,
                $"{Names.Show(path)} is no archive, and a backup is never merged. Restore it as it is, or archive the "
                + "store it was made of.");
        }

        var restore = StoreRestore.Plan(run.Host, run.Choice, path, run.Get(force));
        return run.Output.ProgressAsync(
            "Verifying the backup", progress => restore.RunAsync(progress, cancellationToken));
    }

    private Task<RestoreOutcome> RestoreArchiveAsync(CliRun run, string path, CancellationToken cancellationToken)
    {
        var restoring = new ArchiveRestoring(run.Host, run.Choice, path);
        return run.Output.ProgressAsync("Restoring the archive", progress =>
            run.Get(merge) ? restoring.AddAsync(RestoreTarget.Keep, progress, cancellationToken)
            : run.Get(overwrite) ? restoring.AddAsync(RestoreTarget.Overwrite, progress, cancellationToken)
            : restoring.ReplaceAsync(run.Get(force), progress, cancellationToken));
    }
}

/// <summary>What <c>store restore --json</c> writes.</summary>
internal sealed record RestoreView(string Target, long Examined, string? MovedAside, long Kept, bool Resumed);
