using System.Diagnostics;
using Undercroft.Jobs;

namespace Undercroft.Monitors;

/// <summary>Carries out the jobs of runs.</summary>
internal sealed class MonitorRunner(
    MonitorExecutor executor, MonitorServiceOptions options, MonitorMeter meter, string worker)
{
    public async ValueTask HandleAsync(RunJob job, JobContext context, CancellationToken cancellationToken)
    {
        var storage = context.Storage;
        var begun = await BeginAsync(storage, job.RunId, cancellationToken).ConfigureAwait(false);
        if (begun is null)
        {
            // It was pruned, or a worker that lost its lease afterwards has ended it.
            return;
        }

        var plan = await storage.Repository(MonitorCollections.Plans)
            .GetAsync(begun.PlanId, cancellationToken).ConfigureAwait(false);
        if (plan is null)
        {
            await EndAsync(
                context,
                run => run with
                {
                    Status = MonitorRunStatus.Failed,
                    Success = false,
                    CompletedAt = options.Clock.GetUtcNow(),
                    ActiveIn = null,
                    Errors = ["The run could not be carried out: its plan was deleted."],
                },
                begun.Id,
                []).ConfigureAwait(false);
            return;
        }

        using var activity = MonitorDiagnostics.Source.StartActivity("monitor run");
        _ = activity?.SetTag("undercroft.monitor.plan", begun.PlanId).SetTag("undercroft.monitor.run", begun.Id);
        RunOutcome outcome;
        try
        {
            outcome = await executor.RunAsync(plan.Value, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await LeaveAsync(context, begun).ConfigureAwait(false);
            throw;
        }

        _ = activity?.SetStatus(outcome.Success ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        await EndAsync(
            context,
            run => run with
            {
                Status = MonitorRunStatus.Completed,
                Success = outcome.Success,
                StartedAt = outcome.StartedAt,
                CompletedAt = outcome.CompletedAt,
                DurationMs = outcome.DurationMs,
                Errors = outcome.Errors,
                Nodes = outcome.Nodes,
                ActiveIn = null,
            },
            begun.Id,
            outcome.Events).ConfigureAwait(false);
        meter.Ran(begun, outcome);
    }

    private async ValueTask<MonitorRun?> BeginAsync(
        Storage storage, string runId, CancellationToken cancellationToken)
    {
        var now = options.Clock.GetUtcNow();
        var run = await storage.Repository(MonitorCollections.Runs).PatchAsync(
            runId,
            found => found.IsFinal ? found : found with
            {
                Status = MonitorRunStatus.Running,
                Attempts = found.Attempts + 1,
                StartedAt = now,
                Worker = worker,
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return run is null || run.Value.IsFinal ? null : run.Value;
    }

    // Whoever was told to stop says so in the run: that it was cancelled, or that it waits for another worker. Where
    // the lease is lost or the store cannot be written, the next worker, or maintenance, does.
    private async ValueTask LeaveAsync(JobContext context, MonitorRun begun)
    {
        var isCancelled = context.CancelReason == JobCancelReason.Requested;
        if (!isCancelled && context.CancelReason != JobCancelReason.Stopping)
        {
            return;
        }

        try
        {
            _ = await context.Storage.Repository(MonitorCollections.Runs).PatchAsync(
                begun.Id,
                found => found.Status != MonitorRunStatus.Running || found.Attempts != begun.Attempts
                    || found.Worker != worker ? found
                    : isCancelled ? found with
                    {
                        Status = MonitorRunStatus.Failed,
                        Success = false,
                        CompletedAt = options.Clock.GetUtcNow(),
                        ActiveIn = null,
                        Errors = ["The run could not be carried out: its job was cancelled."],
                    }
                    : found with { Status = MonitorRunStatus.Pending, Worker = null, StartedAt = null },
                cancellationToken: CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreException or ObjectDisposedException)
        {
            // How the job ends is what counts.
        }
    }

    // The result, what happened and the end of the job are one commit: a worker that has lost its lease writes none.
    private static async ValueTask EndAsync(
        JobContext context, Func<MonitorRun, MonitorRun> end, string runId, IReadOnlyList<RunEvent> events) =>
        await context.TransactionAsync(async transaction =>
        {
            var runs = transaction.Repository(MonitorCollections.Runs);
            if (await runs.GetAsync(runId).ConfigureAwait(false) is not { } found || found.Value.IsFinal)
            {
                return;
            }

            _ = await runs.UpdateAsync(runId, found.Revision, end(found.Value)).ConfigureAwait(false);
            if (events.Count > 0)
            {
                _ = await transaction.Repository(MonitorCollections.Events)
                    .UpsertAsync(runId, new MonitorRunEvents(events)).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
}
