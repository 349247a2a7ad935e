using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs cancel</c>: cancels jobs.</summary>
internal sealed class JobsCancelCommand : CliCommand
{
    private readonly Argument<string[]> ids =
        JobArguments.Ids("The jobs. Those that run are asked to end; their worker hears of it within seconds.");

    public JobsCancelCommand(CliContext context)
        : base(context, "cancel", "Cancel jobs: at once those that do not run yet.") => Add(ids);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var named = run.Require(ids).Select(JobArguments.ReadId).ToList();
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        return await JobChanges
            .ApplyAsync(
                run,
                storage,
                named,
                static job => JobControlOperation.Cancel(job.Id),
                "is cancelled",
                cancellationToken)
            .ConfigureAwait(false);
    }
}
