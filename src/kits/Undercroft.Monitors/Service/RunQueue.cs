using Undercroft.Jobs;

namespace Undercroft.Monitors;

/// <summary>Makes runs: the run and its job are one commit.</summary>
internal static class RunQueue
{
    public const string Kind = "monitor.run";

    /// <summary>The queue of a location: only its agents claim from it.</summary>
    public static string QueueOf(string location) => $"monitors.{location}";

    public static async ValueTask<MonitorRun> AddAsync(
        ITransaction transaction, RunRequest request, CancellationToken cancellationToken)
    {
        var plan = request.Plan;
        var id = Guid.CreateVersion7(request.Now).ToString("N");
        var queue = transaction.Queue(new JobDefinition<RunJob>(
            Kind, MonitorJson.Default.RunJob, QueueOf(request.Location)));
        var job = await queue.EnqueueAsync(
            new RunJob(id),
            new JobOptions { DueAt = request.DueAt, AttemptsMax = request.AttemptsMax },
            cancellationToken).ConfigureAwait(false);
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
