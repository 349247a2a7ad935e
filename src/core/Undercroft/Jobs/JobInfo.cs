namespace Undercroft.Jobs;

/// <summary>A job as it is at an instant, for people and programs to see.</summary>
public sealed class JobInfo
{
    /// <summary>Its id.</summary>
    public required JobId Id { get; init; }

    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Its state.</summary>
    public required JobState State { get; init; }

    /// <summary>What it was enqueued with.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What it left; empty where it has not ended well.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Its priority: the smaller, the sooner.</summary>
    public int Priority { get; init; }

    /// <summary>How often it has begun, without those that do not count.</summary>
    public int Attempt { get; init; }

    /// <summary>How often it is tried at most, as it was enqueued; the retry policy of its handler may say
    /// less.</summary>
    public int AttemptsMax { get; init; }

    /// <summary>How often it was snoozed.</summary>
    public int Snoozes { get; init; }

    /// <summary>How often its worker died while it ran.</summary>
    public int Crashes { get; init; }

    /// <summary>How often it was run again after its end.</summary>
    public int Requeues { get; init; }

    /// <summary>The latest claim's fence.</summary>
    public long Fence { get; init; }

    /// <summary>Who runs it; none where nobody does.</summary>
    public SessionId Session { get; init; }

    /// <summary>Whether somebody has asked to cancel it while it runs.</summary>
    public bool IsCancelRequested { get; init; }

    /// <summary>When it was enqueued.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>When it is, or was, due.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it last began; null where it never did.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null where it has not.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Its unique key; null means none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>Its concurrency key; null means none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>The batch it counts in; null means none.</summary>
    public string? Batch { get; init; }

    /// <summary>How many jobs and batches it waits for.</summary>
    public int DependenciesLeft { get; init; }

    /// <summary>How much of it is done, from 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>What it is at; null means that it has not said.</summary>
    public string? ProgressText { get; init; }

    /// <summary>The text that travels with it.</summary>
    public RecordMeta Headers { get; init; } = RecordMeta.Empty;

    /// <summary>Its latest errors, oldest first.</summary>
    public IReadOnlyList<JobError> Errors { get; init; } = [];

    /// <summary>The steps it has kept.</summary>
    public IReadOnlyList<JobStep> Steps { get; init; } = [];
}
