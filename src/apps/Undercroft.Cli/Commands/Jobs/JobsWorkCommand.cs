using System.CommandLine;
using Microsoft.Extensions.Logging;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Jobs;
using Undercroft.Cli.Monitors;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs work</c>: runs a command for each job.</summary>
internal sealed class JobsWorkCommand : CliCommand
{
    private const int ConcurrencyMax = 1000;

    private readonly Option<string[]> kinds = new("--kind", "-k")
    {
        Description = "A kind of jobs to run; may be repeated.",
        HelpName = "kind",
        Required = true,
    };

    private readonly Option<string[]> queues = new("--queue", "-q")
    {
        Description = "A queue to take jobs from; may be repeated. 'default' without it.",
        HelpName = "queue",
    };

    private readonly Option<int> concurrency = new("--concurrency")
    {
        Description = "How many jobs of each queue run at once.",
        HelpName = "count",
        DefaultValueFactory = static _ => 1,
    };

    private readonly Option<bool> once = new("--once")
    {
        Description = "Stop when nothing is ready or due any more; one job at a time.",
    };

    private readonly Option<string?> lease = new("--lease")
    {
        Description = "For how long this worker is taken to live after each of its signs; 10s without it.",
        HelpName = "time",
    };

    private readonly Argument<string[]> command = new("command")
    {
        Description = "The command and its arguments, after '--'. It gets the payload on its standard input; what it "
            + "writes to its standard output is the result. Exit code 0 is success, 64 to 69 a failure for good, any "
            + "other a failure to try again.",
        Arity = ArgumentArity.OneOrMore,
    };

    public JobsWorkCommand(CliContext context)
        : base(context, "work", "Run a command for each job, until Ctrl-C.")
    {
        Add(kinds);
        Add(queues);
        Add(concurrency);
        Add(once);
        Add(lease);
        Add(command);
        concurrency.MustBe(1, ConcurrencyMax);
    }

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var options = OptionsOf(run);
        options.Validate();
        var runner = new JobProcess(run.Require(command), run.Host.Clock);
        var handlers = new JobHandlers();
        foreach (var kind in (run.Get(kinds) ?? []).Distinct(StringComparer.Ordinal))
        {
            _ = handlers.AddRaw(kind, (payload, context, token) => DoAsync(run, runner, payload, context, token));
        }

        var storage = await run.OpenAsync(StoreUse.Write, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);

        // What became of a run is told where it is run.
        using var loggers = new LoggerFactory([new NoteLoggerProvider(run.Output, LogLevel.Error)]);
        var worker = new JobWorker(storage, handlers, options, logger: loggers.CreateLogger<JobWorker>());
        await using var ownedWorker = worker.ConfigureAwait(false);
        if (run.Get(once))
        {
            var count = await worker.RunPendingAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var rest = await RestAsync(storage, options, cancellationToken).ConfigureAwait(false);
            run.Output.Note($"{Amounts.Of(count, "run", "runs")}; {rest}");
            return ExitCode.Ok;
        }

        await worker.StartAsync(cancellationToken).ConfigureAwait(false);
        run.Output.Note($"Works on {run.Choice.Uri} until Ctrl-C.");
        await Task.Delay(Timeout.InfiniteTimeSpan, run.Host.Clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        run.Output.Note("Stops: waits for what runs.");
        await worker.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return ExitCode.Cancelled;
    }

    // From a queue that is paused nothing was taken, whatever waits in it.
    private static async Task<string> RestAsync(
        Storage storage, JobsOptions options, CancellationToken cancellationToken)
    {
        var paused = (await storage.Jobs.ListQueuesAsync(cancellationToken).ConfigureAwait(false))
            .Where(one => one.IsPaused && options.Queues.ContainsKey(one.Queue))
            .Select(static one => one.Queue)
            .ToList();
        if (paused.Count == 0)
        {
            return "nothing is ready or due any more.";
        }

        var others = paused.Count < options.Queues.Count ? "nothing is ready or due in the others any more, and " : "";
        return $"{others}{string.Join(", ", paused.Select(Names.Show))} {(paused.Count == 1 ? "is" : "are")} paused: "
            + $"'{CliApp.Name} jobs resume {string.Join(' ', paused)}' has workers claim from there again.";
    }

    private JobsOptions OptionsOf(CliRun run)
    {
        var options = new JobsOptions { Clock = run.Host.Clock };
        if (run.Get(lease) is { } text)
        {
            options.Lease = Durations.Read(text, "--lease");
        }

        var named = run.Get(queues) is { Length: > 0 } some ? some : [NewJob.DefaultQueue];
        foreach (var queue in named)
        {
            options.Queues[queue] = new JobQueueOptions { Concurrency = run.Get(concurrency) };
        }

        return options;
    }

    private static async ValueTask DoAsync(
        CliRun run,
        JobProcess runner,
        ReadOnlyMemory<byte> payload,
        JobContext context,
        CancellationToken cancellationToken)
    {
        try
        {
            context.SetResult(await runner.RunAsync(payload, context, cancellationToken).ConfigureAwait(false));
            Tell(run, context, "done", null);
        }
        catch (OperationCanceledException)
        {
            Tell(run, context, "stopped", ReasonOf(context.CancelReason));
            throw;
        }
        catch (Exception error)
        {
            Tell(run, context, "failed", error.Message);
            throw;
        }
    }

    private static string ReasonOf(JobCancelReason reason) => reason switch
    {
        JobCancelReason.Requested => "somebody cancelled it",
        JobCancelReason.Timeout => "it took longer than its timeout",
        JobCancelReason.LeaseLost => "this worker lost its lease",
        _ => "this worker stops",
    };

    private static void Tell(CliRun run, JobContext context, string outcome, string? why)
    {
        try
        {
            TellOnce(run, context, outcome, why);
        }
        catch (IOException)
        {
            // Nobody reads it, or the disk is full: what became of the job does not hang on that.
        }
    }

    private static void TellOnce(CliRun run, JobContext context, string outcome, string? why)
    {
        // Jobs end on many threads; a line belongs to one of them.
        lock (run.Output)
        {
            if (run.IsJson)
            {
                run.Output.Json(
                    new JobRunView(context.Id.ToString(), context.Kind, context.Queue, context.Attempt, outcome, why),
                    CliJson.Default.JobRunView);
            }
            else
            {
                run.Output.Line($"{context.Id}  {context.Kind}  {outcome}{(why is null ? "" : $": {why}")}");
            }

            run.Output.Flush();
        }
    }
}

/// <summary>What <c>jobs work --json</c> writes of each run.</summary>
/// <remarks><c>outcome</c> is <c>done</c>, <c>failed</c> or <c>stopped</c>.</remarks>
internal sealed record JobRunView(string Id, string Kind, string Queue, int Attempt, string Outcome, string? Why);
