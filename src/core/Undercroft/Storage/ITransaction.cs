using Undercroft.Blobs;

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

    /// <summary>Makes this transaction conflict with every other that names the same guard: the cure for decisions that
    /// rest on what a query did not return. Name guards before the first read.</summary>
    /// <param name="name">The guard's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">Something was read already: what it saw may be older than the guard.
    /// </exception>
    ValueTask GuardAsync(string name, CancellationToken cancellationToken = default);
}
