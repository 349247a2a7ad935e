using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs pause</c> and <c>jobs resume</c>: whether anybody claims from queues.</summary>
internal sealed class JobsPauseCommand : CliCommand
{
    private readonly Argument<string[]> queues = new("queues")
    {
        Description = "The queues.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly bool resumes;

    public JobsPauseCommand(CliContext context, bool resumes)
        : base(
            context,
            resumes ? "resume" : "pause",
            resumes
                ? "Have workers claim from queues again."
                : "Have no worker claim from queues; what runs goes on.")
    {
        this.resumes = resumes;
        Add(queues);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var named = run.Require(queues).Distinct(StringComparer.Ordinal).ToList();
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        _ = await storage.Jobs
            .CommitAsync(
                new Commit([.. named.Select(
                    name => resumes ? JobControlOperation.Resume(name) : JobControlOperation.Pause(name))]),
                cancellationToken)
            .ConfigureAwait(false);
        foreach (var name in named)
        {
            if (run.IsJson)
            {
                run.Output.Json(new QueuePausedView(name, !resumes), CliJson.Default.QueuePausedView);
            }
            else
            {
                run.Output.Line($"{name} is {(resumes ? "open" : "paused")}.");
            }
        }

        return ExitCode.Ok;
    }
}
