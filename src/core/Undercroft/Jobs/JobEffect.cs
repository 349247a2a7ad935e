namespace Undercroft.Jobs;

/// <summary>What a job operation did.</summary>
public enum JobEffect
{
    /// <summary>Nothing: there is no such job, or it is not in a state for this.</summary>
    None = 0,

    /// <summary>A job was enqueued.</summary>
    Enqueued,

    /// <summary>A job with the same id or unique key was there and stays as it is.</summary>
    Existing,

    /// <summary>A job with the same unique key was there and has taken the new values.</summary>
    Updated,

    /// <summary>The run is settled, or its step kept.</summary>
    Settled,

    /// <summary>The job or queue was changed.</summary>
    Changed,

    /// <summary>The job runs: its worker will be asked to cancel it.</summary>
    Requested,
}
