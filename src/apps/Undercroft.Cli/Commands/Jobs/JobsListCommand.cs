using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs list</c>: the jobs there are.</summary>
internal sealed class JobsListCommand : CliCommand
{
    private const int PageMax = 1000;
    private const int LimitDefault = 100;

    private readonly Option<string[]> states = new("--state")
    {
        Description = "Only jobs in this state; may be repeated. Without it all states.",
        HelpName = "state",
    };

    private readonly Option<string?> queue = JobArguments.Queue("Only jobs of this queue.");
    private readonly Option<string?> kind = JobArguments.Kind("Only jobs of this kind.");

    private readonly Option<string?> batch = new("--batch")
    {
        Description = "Only jobs of this batch.",
        HelpName = "batch",
    };

    private readonly Option<int?> limit = new("--limit")
    {
        Description = "List at most so many of each state; 100 without it.",
        HelpName = "count",
    };

    private readonly Option<bool> newest = new("--newest") { Description = "The last enqueued first." };

    public JobsListCommand(CliContext context)
        : base(context, "list", "List jobs, by state and in the order they were enqueued in.")
    {
        Add(states);
        Add(queue);
        Add(kind);
        Add(batch);
        Add(limit);
        Add(newest);
        limit.MustBe(1);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Get(states) is { Length: > 0 } named
            ? named.Select(JobArguments.ReadState).Distinct().ToArray()
            : Enum.GetValues<JobState>();
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var shown = new List<JobInfo>();
        foreach (var state in wanted)
        {
            await foreach (var job in FindAsync(run, storage, state, cancellationToken).ConfigureAwait(false))
            {
                if (run.IsJson)
                {
                    run.Output.Json(JobView.Of(job), CliJson.Default.JobView);
                }
                else
                {
                    shown.Add(job);
                }
            }
        }

        if (!run.IsJson)
        {
            run.Output.Table(JobView.Table(shown));
            run.Output.Note($"{Amounts.Of(shown.Count, "job", "jobs")} in {run.Choice.Uri}.");
        }

        return ExitCode.Ok;
    }

    private async IAsyncEnumerable<JobInfo> FindAsync(
        CliRun run,
        Storage storage,
        JobState state,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = run.Get(limit) ?? LimitDefault;
        var filter = new JobFilter
        {
            State = state,
            Queue = run.Get(queue),
            Kind = run.Get(kind),
            Batch = run.Get(batch),
            IsReverse = run.Get(newest),
        };
        do
        {
            var page = await storage.Jobs
                .ListJobsAsync(filter with { Limit = Math.Min(left, PageMax) }, cancellationToken)
                .ConfigureAwait(false);
            foreach (var job in page.Jobs.Take(left))
            {
                yield return job;
            }

            left -= page.Jobs.Count;
            filter = filter with { After = page.Next };
        }
        while (left > 0 && filter.After is not null);
    }
}
