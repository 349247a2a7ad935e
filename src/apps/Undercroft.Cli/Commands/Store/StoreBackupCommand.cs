using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store backup</c>: a copy as of one instant.</summary>
internal sealed class StoreBackupCommand : CliCommand
{
    private readonly Argument<string> target = new("target")
    {
        Description = "Where the copy goes: a file or folder, as the store is; it must not exist yet.",
    };

    public StoreBackupCommand(CliContext context)
        : base(context, "backup", "Copy the store as it is at one instant, while others go on writing.") =>
        Add(target);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var path = run.RequirePath(target);
        if (Path.Exists(path))
        {
            throw new CliException(
                ExitCode.Conflict,
                $"There is something at {Names.Show(path)} already; a backup never overwrites. Name another place.");
        }

        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var report = await run.Output.ProgressAsync("Backing up", progress => storage.Store.MaintainAsync(
            new MaintenanceRequest { Kind = MaintenanceKind.Backup, Target = path, Progress = progress },
            cancellationToken).AsTask()).ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new BackupView(Path.GetFullPath(path), report.Examined, report.StoredBytes),
                CliJson.Default.BackupView);
        }
        else
        {
            run.Output.Line($"Backed up to {Path.GetFullPath(path)}.");
            run.Output.Note($"Bring it back with '{CliApp.Name} store restore {path}'.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store backup --json</c> writes.</summary>
internal sealed record BackupView(string Target, long Examined, long StoredBytes);
