namespace Undercroft.Jobs;

/// <summary>Looks after the queue: what became due, what dead workers held, what is old. Any number of processes may.
/// </summary>
internal sealed class MaintenanceLoop(JobWorker worker)
{
    private const int StepsMax = 1000;

    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(5);

    private long? countedAt;

    public async ValueTask TurnAsync(CancellationToken cancellationToken)
    {
        await OnceAsync(cancellationToken).ConfigureAwait(false);
        if (worker.Meter.WantsDepth &&
            (countedAt is not { } before || worker.Clock.GetElapsedTime(before) > CountInterval))
        {
            countedAt = worker.Clock.GetTimestamp();
            worker.Meter.Counted(
                await worker.Link.Store.ListQueuesAsync(cancellationToken).ConfigureAwait(false));
        }

        await Task.Delay(worker.Options.MaintenanceInterval, worker.Clock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does all that time has brought.</summary>
    public async ValueTask OnceAsync(CancellationToken cancellationToken)
    {
        var request = new JobMaintenance
        {
            KeepSucceeded = worker.Options.KeepSucceeded,
            KeepCancelled = worker.Options.KeepCancelled,
            KeepDead = worker.Options.KeepDead,
        };
        var hasMore = true;
        for (var step = 0; hasMore && step < StepsMax; step++)
        {
            worker.Pulse.Turn(WorkerLoop.Maintenance);
            var report = await worker.Link.Store.MaintainJobsAsync(request, cancellationToken).ConfigureAwait(false);
            if (report.Reaped > 0)
            {
                worker.Meter.Reaped(report.Reaped);
                Log.Reaped(worker.Logger, report.Reaped);
            }

            hasMore = report.HasMore;
        }
    }
}
