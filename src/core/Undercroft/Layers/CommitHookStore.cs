namespace Undercroft.Layers;

/// <summary>Calls a hook around every commit.</summary>
/// <param name="inner">The store below.</param>
/// <param name="hook">The hook.</param>
public sealed class CommitHookStore(IStore inner, ICommitHook hook) : DelegatingStore(inner)
{
    private readonly ICommitHook hook = hook ?? throw new ArgumentNullException(nameof(hook));

    /// <inheritdoc/>
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var amended = await hook.CommittingAsync(commit, Inner, cancellationToken).ConfigureAwait(false);
        var result = await Inner.CommitAsync(amended, cancellationToken).ConfigureAwait(false);
        hook.Committed(amended, result);
        return result;
    }
}
