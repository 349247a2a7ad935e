namespace Undercroft.Jobs;

/// <summary>Where jobs of one kind are enqueued: at once, or with the commit of the transaction it comes from.
/// </summary>
public interface IJobQueue<T>
{
    /// <summary>Enqueues a job.</summary>
    /// <param name="payload">What its handler is given.</param>
    /// <param name="options">The settings; null means those of the definition, which are not looked at otherwise.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; outside of a transaction the job may have been enqueued.</param>
    /// <returns>The job's id; where one with its unique key was there, that one's. Inside a transaction it is the new
    /// one's in any case: what is there shows with the commit.</returns>
    /// <exception cref="DuplicateJobException">A job with its unique key is on its way, and it was to be rejected.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range, or the payload is null.</exception>
    /// <exception cref="StoreException">The store cannot be written, or a job to wait for is not there.</exception>
    ValueTask<JobId> EnqueueAsync(
        T payload, JobOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Enqueues many jobs in one commit.</summary>
    /// <param name="payloads">What their handlers are given.</param>
    /// <param name="options">The settings of each; null means those of the definition, which are not looked at
    /// otherwise.</param>
    /// <param name="cancellationToken">Ends the wait; outside of a transaction the jobs may have been enqueued.</param>
    /// <returns>Their ids, as of <see cref="EnqueueAsync"/>.</returns>
    ValueTask<IReadOnlyList<JobId>> EnqueueManyAsync(
        IEnumerable<T> payloads, JobOptions? options = null, CancellationToken cancellationToken = default);
}
