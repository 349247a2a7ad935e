using System.CommandLine;
using System.Globalization;
using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Cli.Stores;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary><c>jobs show</c>: everything about one job.</summary>
internal sealed class JobsShowCommand : CliCommand
{
    private readonly Argument<string> id = new("job") { Description = "The job's id." };

    public JobsShowCommand(CliContext context)
        : base(context, "show", "Show one job: payload, result, attempts and errors.") => Add(id);

    protected override async Task<ExitCode> RunAsync(CliRun run, CancellationToken cancellationToken)
    {
        var job = JobArguments.ReadId(run.Require(id));
        var storage = await run.OpenAsync(StoreUse.Read, cancellationToken).ConfigureAwait(false);
        await using var owned = storage.ConfigureAwait(false);
        var info = await storage.Jobs.FindJobAsync(job, cancellationToken).ConfigureAwait(false)
            ?? throw JobArguments.NotThere(job);
        if (run.IsJson)
        {
            run.Output.Json(JobView.Of(info), CliJson.Default.JobView);
            return ExitCode.Ok;
        }

        foreach (var (name, value) in Lines(info).Where(static line => line.Value.Length > 0))
        {
            run.Output.Line($"{name,-13}{value}");
        }

        foreach (var error in info.Errors)
        {
            run.Output.Line();
            run.Output.Line($"Attempt {error.Attempt} failed at {Amounts.Time(error.At)}:");
            run.Output.Block(error.Message.TrimEnd() + "\n");
        }

        return ExitCode.Ok;
    }

    private static IEnumerable<(string Name, string Value)> Lines(JobInfo job)
    {
        yield return ("Job", job.Id.ToString());
        yield return ("State", JobView.StateOf(job.State) + (job.IsCancelRequested ? ", asked to cancel" : ""));
        yield return ("Kind", job.Kind);
        yield return ("Queue", job.Queue);
        yield return ("Attempt", string.Create(
            CultureInfo.InvariantCulture,
            $"{job.Attempt} of {job.AttemptsMax}{Times(job.Snoozes, "snoozed")}{Times(job.Crashes, "worker lost")}"));
        yield return ("Priority", job.Priority == 0 ? "" : job.Priority.ToString(CultureInfo.InvariantCulture));
        yield return ("Enqueued", Amounts.Time(job.EnqueuedAt));
        yield return ("Due", Amounts.Time(job.DueAt));
        yield return ("Started", job.StartedAt is { } started ? Amounts.Time(started) : "");
        yield return ("Finished", job.FinishedAt is { } finished ? Amounts.Time(finished) : "");
        yield return ("Progress", job.Progress > 0 || job.ProgressText is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{job.Progress:P0} {job.ProgressText}").TrimEnd()
            : "");
        yield return ("Unique", job.UniqueKey ?? "");
        yield return ("Concurrency", job.ConcurrencyKey ?? "");
        yield return ("Batch", job.Batch ?? "");
        yield return ("Waits for", job.DependenciesLeft == 0 ? "" : Amounts.Of(job.DependenciesLeft, "job", "jobs"));
        yield return ("Steps", string.Join(", ", job.Steps.Select(static step => step.Name)));
        foreach (var (name, value) in job.Headers)
        {
            yield return ("Header", $"{name}: {value}");
        }

        yield return ("Payload", JobView.TextOf(job.Payload));
        yield return ("Result", JobView.TextOf(job.Result));
    }

    private static string Times(int count, string what) =>
        count switch
        {
            0 => "",
            1 => $", {what} once",
            _ => string.Create(CultureInfo.InvariantCulture, $", {what} {count} times"),
        };
}
