using Undercroft.Cli.Invocation;
using Undercroft.Cli.Output;
using Undercroft.Jobs;

namespace Undercroft.Cli.Commands;

/// <summary>Does something to each of several jobs, and says what came of it.</summary>
internal static class JobChanges
{
    /// <summary>Changes the jobs one after the other.</summary>
    /// <returns>Ok where all were changed; otherwise what stood in the way of the first that was not.</returns>
    public static async Task<ExitCode> ApplyAsync(
        CliRun run,
        Storage storage,
        IReadOnlyList<JobId> ids,
        Func<JobInfo, JobControlOperation> operationFor,
        string done,
        CancellationToken cancellationToken)
    {
        var code = ExitCode.Ok;
        foreach (var id in ids)
        {
            var job = await storage.Jobs.FindJobAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw JobArguments.NotThere(id);
            var result = await storage.Jobs
                .CommitAsync(new Commit(operationFor(job)), cancellationToken)
                .ConfigureAwait(false);
            var outcome = result.Jobs[0];
            var isChanged = outcome.Effect != JobEffect.None;
            code = isChanged || code != ExitCode.Ok ? code : ExitCode.Conflict;
            if (run.IsJson)
            {
                run.Output.Json(
                    new JobChangedView(id.ToString(), isChanged, JobView.StateOf(outcome.State)),
                    CliJson.Default.JobChangedView);
            }
            else
            {
                run.Output.Line(outcome.Effect switch
                {
                    JobEffect.None => $"{id} stays as it is: it is {JobView.StateOf(job.State)}.",
                    JobEffect.Requested => $"{id} runs; its worker is asked to end it.",
                    _ => $"{id} {done}.",
                });
            }
        }

        return code;
    }
}
