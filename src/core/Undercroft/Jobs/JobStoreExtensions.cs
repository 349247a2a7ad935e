namespace Undercroft.Jobs;

/// <summary>What an application does to jobs and queues that are there: one commit each, at once.</summary>
/// <remarks>Inside a transaction give it the operation, and it is done with the commit or not at all:
/// <c>tx.Add(JobControlOperation.Cancel(job))</c>. What cannot be done has no effect, and is no error. On a
/// <see cref="Storage.Jobs"/> the storage's durability and origin count, and its events tell of it.</remarks>
public static class JobStoreExtensions
{
    /// <summary>Cancels a job: at once where it does not run; else its worker is asked to, by the token of its handler,
    /// and hears of it with its next heartbeat.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the job may have been cancelled.</param>
    /// <returns><see cref="JobEffect.Changed"/> where it is cancelled, <see cref="JobEffect.Requested"/> where it runs
    /// and its worker is asked, <see cref="JobEffect.None"/> where there is no such job, or it has ended.</returns>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static ValueTask<JobEffect> CancelAsync(
        this JobStore jobs, JobId job, CancellationToken cancellationToken = default) =>
        DoAsync(jobs, JobControlOperation.Cancel(job), cancellationToken);

    /// <summary>Runs a job again that has ended, be it dead, cancelled or done: from its first attempt.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the job may have been requeued.</param>
    /// <returns><see cref="JobEffect.Changed"/>, or <see cref="JobEffect.None"/> where there is no such job, it has not
    /// ended, or another one has its unique key now.</returns>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static ValueTask<JobEffect> RequeueAsync(
        this JobStore jobs, JobId job, CancellationToken cancellationToken = default) =>
        DoAsync(jobs, JobControlOperation.Requeue(job), cancellationToken);

    /// <summary>Makes a job due at once that is scheduled for later, or waits for its next attempt.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the job may be due.</param>
    /// <returns><see cref="JobEffect.Changed"/>, or <see cref="JobEffect.None"/> where there is no such job, or it is
    /// not scheduled.</returns>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static ValueTask<JobEffect> RunNowAsync(
        this JobStore jobs, JobId job, CancellationToken cancellationToken = default) =>
        DoAsync(jobs, JobControlOperation.RunNow(job), cancellationToken);

    /// <summary>Forgets a job that has ended.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the job may be gone.</param>
    /// <returns><see cref="JobEffect.Changed"/>, or <see cref="JobEffect.None"/> where there is no such job, or it has
    /// not ended.</returns>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static ValueTask<JobEffect> DeleteAsync(
        this JobStore jobs, JobId job, CancellationToken cancellationToken = default) =>
        DoAsync(jobs, JobControlOperation.Delete(job), cancellationToken);

    /// <summary>Pauses a queue: nobody begins a job of it until it is resumed. What runs goes on, and jobs may be
    /// enqueued.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="queue">The queue; it need not have had a job yet.</param>
    /// <param name="cancellationToken">Ends the wait; the queue may be paused.</param>
    /// <returns><see cref="JobEffect.Changed"/>, or <see cref="JobEffect.None"/> where it was paused.</returns>
    /// <exception cref="ArgumentException">The queue is no name.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static ValueTask<JobEffect> PauseQueueAsync(
        this JobStore jobs, string queue, CancellationToken cancellationToken = default) =>
        DoAsync(jobs, JobControlOperation.Pause(queue), cancellationToken);

    /// <summary>Resumes a queue that is paused.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="cancellationToken">Ends the wait; the queue may be resumed.</param>
    /// <returns><see cref="JobEffect.Changed"/>, or <see cref="JobEffect.None"/> where it was not paused.</returns>
    /// <exception cref="ArgumentException">The queue is no name.</exception>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    public static ValueTask<JobEffect> ResumeQueueAsync(
        this JobStore jobs, string queue, CancellationToken cancellationToken = default) =>
        DoAsync(jobs, JobControlOperation.Resume(queue), cancellationToken);

    private static async ValueTask<JobEffect> DoAsync(
        JobStore jobs, JobControlOperation operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var result = jobs.Scope is { } scope
            ? await scope.CommitAsync([operation], null, cancellationToken).ConfigureAwait(false)
            : await jobs.CommitAsync(new Commit([operation]), cancellationToken).ConfigureAwait(false);
        return result.IsCommitted
            ? result.Jobs[0].Effect
            : throw Conflicts.ToException(result.Conflicts, _ => operation.Condition);
    }
}
