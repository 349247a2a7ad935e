using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>One run of a plan in one location. No secret is in it.</summary>
public sealed record MonitorRun
{
    /// <summary>The run's id; later runs have greater ones.</summary>
    public required string Id { get; init; }

    /// <summary>The plan's id.</summary>
    public required string PlanId { get; init; }

    /// <summary>The plan's name when the run was made.</summary>
    public required string PlanName { get; init; }

    /// <summary>The runs of one time in all locations share it.</summary>
    public required string GroupId { get; init; }

    /// <summary>Where it runs.</summary>
    public required string Location { get; init; }

    /// <summary>The plan's environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Who wanted it.</summary>
    public required MonitorRunTrigger TriggeredBy { get; init; }

    /// <summary>How far it is.</summary>
    public required MonitorRunStatus Status { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was due.</summary>
    public required DateTimeOffset ScheduledFor { get; init; }

    /// <summary>The job that carries it out.</summary>
    public required string JobId { get; init; }

    /// <summary>How often a worker has begun it.</summary>
    public int Attempts { get; init; }

    /// <summary>Who carries or carried it out; null before, and after a worker that stopped has given it back.
    /// </summary>
    public string? Worker { get; init; }

    /// <summary>When its last attempt began; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How long its last attempt took, in milliseconds; null before its end.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Whether all assertions held and nothing failed; null before its end.</summary>
    public bool? Success { get; init; }

    /// <summary>What failed.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>How each node ended.</summary>
    public IReadOnlyList<NodeOutcome> Nodes { get; init; } = [];

    /// <summary>Whether it has ended.</summary>
    [JsonIgnore]
    public bool IsFinal => Status is MonitorRunStatus.Completed or MonitorRunStatus.Failed;

    /// <summary>The lane of the run while it has not ended: there is at most one scheduled run in it. Null afterwards.
    /// </summary>
    public string? ActiveIn { get; init; }
}
