namespace Undercroft;

/// <summary>Why an operation could not be applied.</summary>
public enum ConflictKind
{
    /// <summary>Its condition does not hold.</summary>
    Condition = 0,

    /// <summary>Another record would hold the same key of a unique index.</summary>
    Unique,

    /// <summary>The record is no counter: its value is not 8 bytes.</summary>
    NotACounter,

    /// <summary>The counter would leave the range of 64 bits.</summary>
    CounterOverflow,

    /// <summary>The run to settle is stale: its job has ended or belongs to another session.</summary>
    StaleLease,

    /// <summary>A job with the same unique key is on its way, and the new one was to be rejected.</summary>
    DuplicateJob,

    /// <summary>A job to wait for is not there or is deleted by the same commit, or too many wait for it already.
    /// </summary>
    MissingDependency,

    /// <summary>The job would wait for itself: one it waits for waits for the batch it is to count in.</summary>
    CircularDependency,

    /// <summary>The job would have more durable steps, or longer ones, than <see cref="Jobs.JobLimits"/> has room for.
    /// </summary>
    StepLimit,
}
