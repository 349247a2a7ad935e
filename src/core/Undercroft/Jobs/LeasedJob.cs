namespace Undercroft.Jobs;

/// <summary>A job a session has claimed.</summary>
public sealed class LeasedJob
{
    /// <summary>The run: what settles it.</summary>
    public required JobLease Lease { get; init; }

    /// <summary>The job's id.</summary>
    public JobId Id => Lease.Job;

    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>What it was enqueued with.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Its priority.</summary>
    public int Priority { get; init; }

    /// <summary>Which attempt this is; the first is 1.</summary>
    public int Attempt { get; init; }

    /// <summary>How many there are at most.</summary>
    public int AttemptsMax { get; init; }

    /// <summary>How often it was snoozed.</summary>
    public int Snoozes { get; init; }

    /// <summary>How long this run may take; zero means no limit.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>When it was enqueued.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>When it was due.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was claimed.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The batch it counts in; null means none.</summary>
    public string? Batch { get; init; }

    /// <summary>The text that travels with it.</summary>
    public RecordMeta Headers { get; init; } = RecordMeta.Empty;

    /// <summary>The steps that earlier runs have kept.</summary>
    public IReadOnlyList<JobStep> Steps { get; init; } = [];
}
