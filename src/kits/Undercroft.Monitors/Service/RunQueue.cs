using Undercroft.Jobs;

namespace Undercroft.Monitors;

/// <summary>Makes runs: the run and its job are one commit.</summary>
internal static class RunQueue
{
    /// <summary>The kind of the jobs of runs.</summary>
    public static JobDefinition<RunJob> Definition { get; } = new("monitor.run", MonitorJson.Default.RunJob);

    /// <summary>The queue of a location: only its agents claim from it.</summary>
    public static string QueueOf(string location) => $"monitors.{location}";

    public static async ValueTask<MonitorRun> AddAsync(
        ITransaction transaction, RunRequest request, CancellationToken cancellationToken)
    {
        var plan = request.Plan;
        var id = Guid.CreateVersion7(request.Now).ToString("N");

        // Without a due time of its own: it is due by now, and the store says at once.
        var options = new JobOptions
        {
            Queue = QueueOf(request.Location),
            AttemptsMax = request.AttemptsMax,
        };
        var job = await transaction.Queue(Definition)
            .EnqueueAsync(new RunJob(id), options, cancellationToken).ConfigureAwait(false);
        var run = new MonitorRun
        {
            Id = id,
            PlanId = plan.Id,
            PlanName = plan.Name,
            GroupId = request.GroupId,
            Location = request.Location,
            Environment = plan.Environment,
            TriggeredBy = request.TriggeredBy,
            Status = MonitorRunStatus.Pending,
            CreatedAt = request.Now,
            ScheduledFor = request.DueAt,
            JobId = job.ToString(),
            ActiveIn = MonitorCollections.LaneOf(plan.Id, request.Location),
        };
        _ = await transaction.Repository(MonitorCollections.Runs)
            .CreateAsync(run, cancellationToken: cancellationToken).ConfigureAwait(false);
        return run;
    }
}

/// <summary>What a run is made of.</summary>
internal sealed record RunRequest(
    MonitorPlan Plan,
    string Location,
    string GroupId,
    MonitorRunTrigger TriggeredBy,
    DateTimeOffset DueAt,
    DateTimeOffset Now,
    int AttemptsMax);
