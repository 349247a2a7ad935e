using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs retry</c>: runs jobs again that have ended, or now those that wait for their time.</summary>
internal sealed class JobsRetryCommand : CliCommand
{
    private const int PageMax = 500;

    private readonly Argument<string[]> ids = new("jobs")
    {
        Description = "The jobs: dead, cancelled or succeeded ones run again, scheduled ones at once.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> dead = new("--dead") { Description = "All dead letters, of --queue and --kind." };
    private readonly Option<string?> queue = JobArguments.Queue("With --dead: only of this queue.");
    private readonly Option<string?> kind = JobArguments.Kind("With --dead: only of this kind.");

    public JobsRetryCommand(CliContext context)
        : base(context, "retry", "Run jobs again, from their first attempt.")
    {
        Add(ids);
        Add(dead);
        Add(queue);
        Add(kind);
        Validators.Add(result =>
        {
            if (result.GetValue(dead) == result.GetValue(ids) is { Length: > 0 })
            {
                result.AddError("Name the jobs to retry, or --dead for all dead letters.");
            }
        });
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var named = (run.Get(ids) ?? []).Select(JobArguments.ReadId).ToList();
        var storage = await run.OpenAsync(StoreUse.Change, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        if (!run.Get(dead))
        {
            return await JobChanges
                .ApplyAsync(run, storage, named, OperationFor, "will run again", cancellationToken)
                .ConfigureAwait(false);
        }

        var filter = new JobFilter
        {
            State = JobState.Dead,
            Queue = run.Get(queue),
            Kind = run.Get(kind),
            Limit = PageMax,
        };
        var count = 0L;
        do
        {
            var page = await storage.Jobs.ListJobsAsync(filter, cancellationToken).ConfigureAwait(false);
            if (page.Jobs.Count > 0)
            {
                _ = await storage.Jobs
                    .CommitAsync(
                        new Commit([.. page.Jobs.Select(static job => JobControlOperation.Requeue(job.Id))]),
                        cancellationToken)
                    .ConfigureAwait(false);
                count += page.Jobs.Count;
            }

            filter = filter with { After = page.Next };
        }
        while (filter.After is not null);

        run.Output.Note($"{Amounts.Of(count, "dead letter", "dead letters")} will run again.");
        return ExitCode.Ok;
    }

    private static JobControlOperation OperationFor(JobInfo job) =>
        job.State == JobState.Scheduled ? JobControlOperation.RunNow(job.Id) : JobControlOperation.Requeue(job.Id);
}
