namespace Undercroft.Jobs;

/// <summary>A job with the same unique key is on its way, and the new one was to be rejected. Nothing was written.
/// </summary>
public sealed class DuplicateJobException : StoreException
{
    /// <summary>Describes the job that was rejected.</summary>
    public DuplicateJobException(JobId job)
        : base(
            StoreErrorKind.Conflict,
            $"Cannot enqueue job {job}: another job with its unique key is on its way in the queue. Nothing was " +
            "written. Wait for its end, or choose another policy for duplicates.") => Job = job;

    /// <summary>The job that was rejected.</summary>
    public JobId Job { get; }
}
