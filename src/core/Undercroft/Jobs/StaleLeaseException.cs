namespace Undercroft.Jobs;

/// <summary>A run is no longer its session's: the job was given to another, or has ended. Nothing was written.
/// </summary>
public sealed class StaleLeaseException : StoreException
{
    /// <summary>Describes the stale run.</summary>
    public StaleLeaseException(JobId job)
        : base(
            StoreErrorKind.Conflict,
            $"The run of job {job} is stale: its lease was lost, and the job has ended or belongs to another worker. " +
            "Nothing was written. Stop this run; the other one does the work.") => Job = job;

    /// <summary>The job.</summary>
    public JobId Job { get; }
}
