using Undercroft.Indexes;
using Undercroft.Jobs;
using Undercroft.Queries;

namespace Undercroft.Monitors;

/// <summary>Makes the runs that are due. Any number of schedulers may work on one store: each due run is made once,
/// because moving the plan's timetable on, making the runs and enqueuing their jobs are one commit.</summary>
public sealed class MonitorScheduler
{
    private const int DueMax = 200;

    private readonly Storage storage;
    private readonly MonitorServiceOptions options;
    private readonly MonitorTime time;
    private readonly MonitorRuns runs;
    private readonly MonitorAgents agents;

    internal MonitorScheduler(
        Storage storage, MonitorServiceOptions options, MonitorTime time, MonitorRuns runs, MonitorAgents agents)
    {
        this.storage = storage;
        this.options = options;
        this.time = time;
        this.runs = runs;
        this.agents = agents;
    }

    /// <summary>Makes what is due, at most 200 plans at a time.</summary>
    /// <param name="cancellationToken">Ends it; what was made stays made.</param>
    /// <exception cref="AggregateException">Some plans could not be fired; the others were.</exception>
    public async ValueTask<MonitorTick> TickAsync(CancellationToken cancellationToken = default)
    {
        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        var timetables = storage.Repository(MonitorCollections.Timetables);
        var due = await Paging.ReadAsync(
            options.PassingOver(timetables)
                .Where(Filter.LessOrEqual("nextAt", FieldValue.From(now)))
                .OrderBy("nextAt:time"),
            DueMax,
            null,
            static timetable => timetable.Id,
            cancellationToken).ConfigureAwait(false);
        var (enqueued, skipped) = (0, 0);
        List<Exception>? failures = null;
        foreach (var planId in due.Items)
        {
            try
            {
                var (made, left) = await FireAsync(planId, now, cancellationToken).ConfigureAwait(false);
                enqueued += made;
                skipped += left;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // One plan that cannot be fired keeps no other from its time.
                (failures ??= []).Add(error);
            }
        }

        var next = await options.PassingOver(timetables)
            .Where(Filter.Greater("nextAt", FieldValue.From(DateTimeOffset.MinValue)))
            .OrderBy("nextAt:time")
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return failures is null
            ? new MonitorTick(enqueued, skipped, next?.Value.NextAt)
            : throw new AggregateException($"{failures.Count} of the plans that are due could not be fired.", failures);
    }

    /// <summary>Looks after what others have left: runs whose job has died end as failed, old runs and agents long
    /// silent are forgotten.</summary>
    /// <param name="cancellationToken">Ends it; what was done stays done.</param>
    public async ValueTask MaintainAsync(CancellationToken cancellationToken = default)
    {
        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        await EndDeadRunsAsync(now, cancellationToken).ConfigureAwait(false);
        _ = await runs.PruneAsync(now - options.RunsKept, cancellationToken).ConfigureAwait(false);
        _ = await agents.PruneAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<(int Made, int Skipped)> FireAsync(
        string planId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (made, skipped) = (0, 0);
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                (made, skipped) = (0, 0);
                var timetables = transaction.Repository(MonitorCollections.Timetables);
                var timetable = await timetables.GetAsync(planId, cancellationToken).ConfigureAwait(false);
                var plan = (await transaction.Repository(MonitorCollections.Plans)
                    .GetAsync(planId, cancellationToken).ConfigureAwait(false))?.Value;
                if (timetable?.Value.NextAt is not { } dueAt || dueAt > now || plan is null)
                {
                    // Another scheduler was here first, or the plan has changed.
                    return;
                }

                _ = await timetables.UpdateAsync(
                    planId,
                    timetable.Revision,
                    timetable.Value with { NextAt = PlanSchedule.Next(plan, dueAt, now) },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                var group = Guid.CreateVersion7(now).ToString("N");
                foreach (var location in plan.RunLocations)
                {
                    if (await IsBusyAsync(transaction, planId, location, cancellationToken).ConfigureAwait(false))
                    {
                        skipped++;
                        continue;
                    }

                    var request = new RunRequest(
                        plan, location, group, MonitorRunTrigger.Schedule, dueAt, now, options.AttemptsMax);
                    _ = await RunQueue.AddAsync(transaction, request, cancellationToken).ConfigureAwait(false);
                    made++;
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return (made, skipped);
    }

    // Where nobody carries runs out, or they take longer than their interval, they must not pile up.
    private static async ValueTask<bool> IsBusyAsync(
        ITransaction transaction, string planId, string location, CancellationToken cancellationToken) =>
        await transaction.Repository(MonitorCollections.Runs).Query()
            .Where(Filter.Equal("activeIn", FieldValue.From(MonitorCollections.LaneOf(planId, location))))
            .AnyAsync(cancellationToken).ConfigureAwait(false);

    // By their lanes, which they are in until they have ended, and not by times, which somebody's clock may have made.
    private async ValueTask EndDeadRunsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = options.PassingOver(storage.Repository(MonitorCollections.Runs))
            .Where(Filter.Greater("activeIn", FieldValue.From("")))
            .OrderBy("activeIn");
        var plans = new Dictionary<string, bool>(StringComparer.Ordinal);
        string? after = null;
        do
        {
            var page = await Paging.ReadAsync(
                active, Paging.LimitMax, after, static run => run.Value, cancellationToken).ConfigureAwait(false);
            foreach (var run in page.Items)
            {
                if (!plans.TryGetValue(run.PlanId, out var isThere))
                {
                    isThere = await storage.Repository(MonitorCollections.Plans)
                        .ExistsAsync(run.PlanId, cancellationToken).ConfigureAwait(false);
                    plans[run.PlanId] = isThere;
                }

                await EndIfDeadAsync(run, isThere, now, cancellationToken).ConfigureAwait(false);
            }

            after = page.Next;
        }
        while (after is not null);
    }

    private async ValueTask EndIfDeadAsync(
        MonitorRun run, bool hasPlan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var job = JobId.TryParse(run.JobId, out var id)
            ? await storage.Jobs.FindJobAsync(id, cancellationToken).ConfigureAwait(false)
            : null;
        var isAlive = job is { State: not (JobState.Dead or JobState.Cancelled or JobState.Succeeded) };
        if (isAlive && (hasPlan || run.Status != MonitorRunStatus.Pending))
        {
            return;
        }

        var reason = isAlive ? "its plan was deleted"
            : job is null ? "its job is gone"
            : job.State == JobState.Dead ? $"no worker could carry it out in {run.Attempts} attempts"
            : job.State == JobState.Cancelled ? "its job was cancelled"
            : "its job ended without a result";
        _ = await storage.TransactionAsync(
            async transaction =>
            {
                var runs = transaction.Repository(MonitorCollections.Runs);
                var found = await runs.GetAsync(run.Id, cancellationToken).ConfigureAwait(false);
                if (found is null || found.Value.IsFinal || (isAlive && found.Value.Status != run.Status))
                {
                    return;
                }

                _ = await runs.UpdateAsync(
                    run.Id,
                    found.Revision,
                    found.Value with
                    {
                        Status = MonitorRunStatus.Failed,
                        Success = false,
                        CompletedAt = now,
                        ActiveIn = null,
                        Errors = [$"The run could not be carried out: {reason}."],
                    },
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                if (isAlive)
                {
                    transaction.Add(JobControlOperation.Cancel(id));
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
