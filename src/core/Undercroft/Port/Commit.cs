namespace Undercroft;

/// <summary>A conditional batch: all of it happens, or nothing. The one way to write to a store.</summary>
public sealed class Commit
{
    /// <summary>Makes a commit of operations.</summary>
    /// <param name="operations">The operations; the list must not change until the commit has completed.</param>
    public Commit(IReadOnlyList<StoreOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        Operations = operations;
    }

    /// <summary>Makes a commit of operations.</summary>
    public Commit(params StoreOperation[] operations)
        : this((IReadOnlyList<StoreOperation>)operations)
    {
    }

    /// <summary>The operations, in the order results are reported in. Their order does not change the outcome.
    /// </summary>
    public IReadOnlyList<StoreOperation> Operations { get; }

    /// <summary>What the commit has reached when it is acknowledged; null means the store's default.</summary>
    public Durability? Durability { get; init; }

    /// <summary>What makes a retry safe: a commit repeated with the same identity is applied once; null means that
    /// each call is a commit of its own.</summary>
    public CommitIdentity? Identity { get; init; }

    /// <summary>Who writes, for followers of the feed that skip their own echoes; null means nobody in particular.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>The instant the commit happens at, for tests and simulations; null means the store's clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
