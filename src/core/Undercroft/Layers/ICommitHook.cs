namespace Undercroft.Layers;

/// <summary>Sees each commit before and after it happens: how layers such as sync, audit and encryption add to a commit
/// what must be written with it.</summary>
public interface ICommitHook
{
    /// <summary>Called before a commit reaches the store.</summary>
    /// <param name="commit">The commit as the caller made it.</param>
    /// <param name="store">The store below, for reads.</param>
    /// <param name="cancellationToken">Ends the wait; nothing has been written.</param>
    /// <returns>The commit to apply: the same, or one with operations added at its end, so that conflicts and counters
    /// of the caller keep their positions. An exception refuses the commit.</returns>
    ValueTask<Commit> CommittingAsync(Commit commit, IStore store, CancellationToken cancellationToken = default);

    /// <summary>Called after a commit, applied or lost, before its caller hears of it. It must not throw: the commit
    /// has happened.</summary>
    /// <param name="commit">The commit as it reached the store.</param>
    /// <param name="result">How it ended.</param>
    void Committed(Commit commit, CommitResult result);
}
