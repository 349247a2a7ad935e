using System.CommandLine;
using System.Text;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs enqueue</c>: enqueues one job.</summary>
internal sealed class JobsEnqueueCommand : CliCommand
{
    private readonly Argument<string> kind = new("kind") { Description = "The kind of the job." };

    private readonly Argument<string?> payload = new("payload")
    {
        Description = "What its handler is given; '-' reads it from the standard input, nothing means nothing.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> queue = JobArguments.Queue("The queue; 'default' without it.");

    private readonly Option<int?> priority = new("--priority")
    {
        Description = "The smaller, the sooner; 0 without it.",
        HelpName = "number",
    };

    private readonly Option<string?> delay = new("--delay")
    {
        Description = "How long to wait before it is due, such as 30s or 2h.",
        HelpName = "time",
    };

    private readonly Option<int?> attempts = new("--attempts")
    {
        Description = "How often it is tried at most; 20 without it.",
        HelpName = "count",
    };

    private readonly Option<string?> timeout = new("--timeout")
    {
        Description = "How long one run may take, such as 5m.",
        HelpName = "time",
    };

    private readonly Option<string?> unique = new("--unique")
    {
        Description = "Do nothing where a job with this key is on its way in the queue.",
        HelpName = "key",
    };

    private readonly Option<string?> key = new("--concurrency-key")
    {
        Description = "Run jobs with this key one after the other.",
        HelpName = "key",
    };

    private readonly Option<string[]> after = new("--after")
    {
        Description = "A job that must have succeeded first; may be repeated.",
        HelpName = "job",
    };

    public JobsEnqueueCommand(CliContext context)
        : base(context, "enqueue", "Enqueue one job.")
    {
        Add(kind);
        Add(payload);
        Add(queue);
        Add(priority);
        Add(delay);
        Add(attempts);
        Add(timeout);
        Add(unique);
        Add(key);
        Add(after);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var job = new NewJob
        {
            Kind = run.Require(kind),
            Payload = await ReadAsync(run, cancellationToken).ConfigureAwait(false),
            Queue = run.Get(queue) ?? NewJob.DefaultQueue,
            Priority = run.Get(priority) ?? 0,
            Delay = run.Get(delay) is { } wait ? Durations.Read(wait, "--delay") : TimeSpan.Zero,
            AttemptsMax = run.Get(attempts) ?? 20,
            Timeout = run.Get(timeout) is { } time ? Durations.ReadPositive(time, "--timeout") : TimeSpan.Zero,
            UniqueKey = run.Get(unique),
            ConcurrencyKey = run.Get(key),
            DependsOn = [.. (run.Get(after) ?? []).Select(static id => new JobDependency(JobArguments.ReadId(id)))],
        };
        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var result = await storage.Jobs
            .CommitAsync(new Commit(new EnqueueOperation(job)), cancellationToken)
            .ConfigureAwait(false);
        if (!result.IsCommitted)
        {
            throw new CliException(
                ExitCode.Conflict, "The job was not enqueued: a job that it waits for is not there. Check --after.");
        }

        var outcome = result.Jobs[0];
        var effect = outcome.Effect switch
        {
            JobEffect.Existing => "existing",
            JobEffect.Updated => "updated",
            _ => "enqueued",
        };
        if (run.IsJson)
        {
            run.Output.Json(
                new JobEnqueuedView(
                    outcome.Job.ToString(), job.Queue, job.Kind, effect, JobView.StateOf(outcome.State)),
                CliJson.Default.JobEnqueuedView);
        }
        else
        {
            run.Output.Line(outcome.Job.ToString());
            run.Output.Note(outcome.Effect == JobEffect.Existing
                ? $"A job with the key {Names.Show(job.UniqueKey)} is on its way already; it stays as it is."
                : $"Enqueued in {Names.Show(job.Queue)}; it is {JobView.StateOf(outcome.State)}.");
        }

        return ExitCode.Ok;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(CliRun run, CancellationToken cancellationToken) =>
        run.Get(payload) switch
        {
            null => default,
            "-" => await Inputs.ReadAsync(run.Host.Terminal.OpenInput(), "the standard input", cancellationToken)
                .ConfigureAwait(false),
            var text => Encoding.UTF8.GetBytes(text),
        };
}
