namespace Undercroft.Jobs;

/// <summary>The identity of one run of a job. Everything a worker says about the run carries it; a run whose job was
/// given to another since is stale, and is refused.</summary>
/// <param name="Job">The job.</param>
/// <param name="Session">The worker's session.</param>
/// <param name="Fence">Counts the claims of this job. It only ever grows: a token for systems outside of the store.
/// </param>
public readonly record struct JobLease(JobId Job, SessionId Session, long Fence);
