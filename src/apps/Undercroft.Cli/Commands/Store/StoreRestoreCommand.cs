using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;

namespace Undercroft.Cli.Commands;

/// <summary><c>store restore</c>: puts a backup in the place of the store.</summary>
internal sealed class StoreRestoreCommand : CliCommand
{
    private readonly Argument<string> backup = new("backup") { Description = "What 'store backup' made." };

    private readonly Option<bool> force = new("--force")
    {
        Description = "Put it in the place of a store that is there. That one is moved aside, not deleted.",
    };

    public StoreRestoreCommand(CliContext context)
        : base(
            context,
            "restore",
            "Verify a backup and make it the store. Stop every other process that has the store open first.")
    {
        Add(backup);
        Add(force);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var restore = StoreRestore.Plan(run.Host, run.Choice, run.Require(backup), run.Get(force));
        var outcome = await run.Output
            .ProgressAsync("Verifying the backup", progress => restore.RunAsync(progress, cancellationToken))
            .ConfigureAwait(false);
        if (run.IsJson)
        {
            run.Output.Json(
                new RestoreView(outcome.Target, outcome.Examined, outcome.MovedAside), CliJson.Default.RestoreView);
            return ExitCode.Ok;
        }

        run.Output.Line(
            $"Restored {outcome.Target}: {Amounts.Of(outcome.Examined, "record", "records")}, verified.");
        if (outcome.MovedAside is { } aside)
        {
            run.Output.Line($"What was there before is now {aside}.");
        }

        return ExitCode.Ok;
    }
}

/// <summary>What <c>store restore --json</c> writes.</summary>
internal sealed record RestoreView(string Target, long Examined, string? MovedAside);
