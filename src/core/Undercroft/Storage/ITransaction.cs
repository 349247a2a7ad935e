using Undercroft.Blobs;
using Undercroft.Jobs;

namespace Undercroft;

/// <summary>A unit of work: reads remember what they saw, writes wait for the one commit at the end.</summary>
/// <remarks>Not safe for many threads. It ends with the body it was given to.</remarks>
public interface ITransaction
{
    /// <summary>The blobs, as this transaction sees them.</summary>
    BlobTransaction Blobs { get; }

    /// <summary>Gives the documents of a collection, as this transaction sees them.</summary>
    IRepository<T> Repository<T>(CollectionDefinition<T> definition);

    /// <summary>Gives a counter, as this transaction sees it.</summary>
    Counter Counter(string name);

    /// <summary>Gives the queue of a kind of jobs: what is enqueued there is so with the commit, and not if there is
    /// none.</summary>
    IJobQueue<T> Queue<T>(JobDefinition<T> definition);

    /// <summary>Does something to a job with the commit: settles it, keeps a step of it, cancels it. Where its run
    /// turns out to be stale, nothing of the transaction is written and it throws
    /// <see cref="StaleLeaseException"/>.</summary>
    /// <param name="operation">What to do. A transaction addresses a job at most once.</param>
    void Add(JobOperation operation);

    /// <summary>Makes this transaction conflict with every other that names the same guard: the cure for decisions that
    /// rest on what a query did not return. Name guards before the first read.</summary>
    /// <remarks>A guard is a record of the store; where nobody names it for 7 days it expires. A transaction
    /// that commits more than a day after it named one runs again.</remarks>
    /// <param name="name">The guard's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">Something was read already: what it saw may be older than the guard.
    /// </exception>
    ValueTask GuardAsync(string name, CancellationToken cancellationToken = default);
}
