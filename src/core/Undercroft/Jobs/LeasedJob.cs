using System.Diagnostics.CodeAnalysis;

namespace Undercroft.Jobs;

/// <summary>A job a session has claimed.</summary>
public sealed class LeasedJob
{
    private readonly JobId job;
    private readonly long fence;
    private readonly LeasedTraits traits;

    /// <summary>Makes one.</summary>
    public LeasedJob() => traits = new LeasedTraits();

#pragma warning disable CS8618 // The traits hold what is required.
    [SetsRequiredMembers]
    internal LeasedJob(JobRow row, LeasedTraits traits)
    {
        (job, fence, this.traits) = (row.Id, row.Fence, traits);
        Payload = row.Payload;
    }
#pragma warning restore CS8618

    /// <summary>The run: what settles it.</summary>
    public required JobLease Lease
    {
        get => new(job, traits.Session, fence);
        init => (job, traits.Session, fence) = value;
    }

    /// <summary>The job's id.</summary>
    public JobId Id => job;

    /// <summary>Its queue.</summary>
    public required string Queue
    {
        get => traits.Queue;
        init => traits.Queue = value;
    }

    /// <summary>Its kind.</summary>
    public required string Kind
    {
        get => traits.Kind;
        init => traits.Kind = value;
    }

    /// <summary>What it was enqueued with.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Its priority.</summary>
    public int Priority
    {
        get => traits.Priority;
        init => traits.Priority = value;
    }

    /// <summary>Which attempt this is; the first is 1.</summary>
    public int Attempt
    {
        get => traits.Attempt;
        init => traits.Attempt = value;
    }

    /// <summary>How many there are at most.</summary>
    public int AttemptsMax
    {
        get => traits.AttemptsMax;
        init => traits.AttemptsMax = value;
    }

    /// <summary>How often it was snoozed.</summary>
    public int Snoozes
    {
        get => traits.Snoozes;
        init => traits.Snoozes = value;
    }

    /// <summary>How long this run may take; zero means no limit.</summary>
    public TimeSpan Timeout
    {
        get => new(traits.Timeout);
        init => traits.Timeout = value.Ticks;
    }

    /// <summary>When it was enqueued.</summary>
    public DateTimeOffset EnqueuedAt
    {
        get => new(traits.EnqueuedAt, TimeSpan.Zero);
        init => traits.EnqueuedAt = value.UtcTicks;
    }

    /// <summary>When it was due.</summary>
    public DateTimeOffset DueAt
    {
        get => new(traits.DueAt, TimeSpan.Zero);
        init => traits.DueAt = value.UtcTicks;
    }

    /// <summary>When it was claimed.</summary>
    public DateTimeOffset StartedAt
    {
        get => new(traits.StartedAt, TimeSpan.Zero);
        init => traits.StartedAt = value.UtcTicks;
    }

    /// <summary>The batch it counts in; null means none.</summary>
    public string? Batch
    {
        get => traits.Batch;
        init => traits.Batch = value;
    }

    /// <summary>The text that travels with it.</summary>
    public RecordMeta Headers
    {
        get => traits.Headers;
        init => traits.Headers = value;
    }

    /// <summary>The steps that earlier runs have kept.</summary>
    public IReadOnlyList<JobStep> Steps
    {
        get => traits.Steps;
        init => traits.Steps = value;
    }
}
