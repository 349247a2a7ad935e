using Undercroft.Layers;

namespace Undercroft.Stories.Tests;

/// <summary>A store that does what a test says before each commit: nothing, waiting, or failing.</summary>
internal sealed class HookedStore(IStore inner) : DelegatingStore(inner)
{
    public Func<ValueTask>? BeforeCommit { get; set; }

    public int Commits { get; private set; }

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        if (BeforeCommit is { } hook)
        {
            await hook();
        }

        Commits++;
        return await base.CommitAsync(commit, cancellationToken);
    }
}
