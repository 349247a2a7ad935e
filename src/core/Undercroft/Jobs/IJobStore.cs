namespace Undercroft.Jobs;

/// <summary>What stores that keep jobs can do beside the operations of a commit: <see cref="EnqueueOperation"/>,
/// <see cref="SettleOperation"/>, <see cref="StepOperation"/> and <see cref="JobControlOperation"/>. Ask a
/// <see cref="JobStore"/>, which does the same on every store.</summary>
/// <remarks>The laws are tests: see <c>JobConformance</c> in <c>Undercroft.Conformance</c>. Time is the store's clock.
/// </remarks>
public interface IJobStore
{
    /// <summary>Claims jobs for a session: each has one owner, and its run the identity the lease carries.</summary>
    /// <param name="session">The session, opened before.</param>
    /// <param name="request">What to take.</param>
    /// <param name="cancellationToken">Ends the wait. Jobs may be claimed all the same: a later claim that names what
    /// it holds (<see cref="ClaimRequest.Held"/>) hands them out, else they go back with the session's end.</param>
    /// <exception cref="ArgumentException">There is no queue or kind, or the number is out of range.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    ValueTask<ClaimResult> ClaimAsync(
        SessionId session, ClaimRequest request, CancellationToken cancellationToken = default);

    /// <summary>Opens, renews or closes a session, and tells it what it is asked to cancel. One that has expired is
    /// never renewed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="update">What it has to say.</param>
    /// <param name="cancellationToken">Ends the wait; the lease may have been renewed.</param>
    /// <exception cref="ArgumentException">The lease is not above zero, or longer than 3,650 days.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    ValueTask<SessionStatus> HeartbeatAsync(
        SessionId session, SessionUpdate update, CancellationToken cancellationToken = default);

    /// <summary>Does what time has brought, in one bounded step: what is due becomes ready, what dead sessions held
    /// goes back, what is old is forgotten.</summary>
    /// <param name="request">How much, and how long jobs are kept.</param>
    /// <param name="cancellationToken">Ends the wait; the step may have been done.</param>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    ValueTask<JobMaintenanceReport> MaintainJobsAsync(
        JobMaintenance request, CancellationToken cancellationToken = default);

    /// <summary>Finds a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The job; null where there is none, or it was pruned.</returns>
    ValueTask<JobInfo?> FindJobAsync(JobId job, CancellationToken cancellationToken = default);

    /// <summary>Lists jobs in the order they were enqueued in.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The limit is out of range, or the place to go on from is none.</exception>
    ValueTask<JobPage> ListJobsAsync(JobFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Lists the queues there ever was a job in, and those that are paused, and how many jobs are where.
    /// </summary>
    ValueTask<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists the sessions that are open.</summary>
    ValueTask<IReadOnlyList<SessionInfo>> ListSessionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells how far a batch has got.</summary>
    /// <returns>The counts; null where there is no such batch.</returns>
    ValueTask<BatchInfo?> FindBatchAsync(string batch, CancellationToken cancellationToken = default);

    /// <summary>Waits until there may be new work. A hint and nothing more: it may return for nothing, and work may
    /// come by the clock alone. Take the mark before the claim that found nothing.</summary>
    /// <param name="mark">What <see cref="WorkMark"/> was before the last claim.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    ValueTask WaitForWorkAsync(long mark, CancellationToken cancellationToken = default);

    /// <summary>Grows with work that this process knows of.</summary>
    long WorkMark { get; }
}
