using Undercroft.Layers;

namespace Undercroft.Stories.Tests;

/// <summary>A store that holds little in one commit, and that a test can make fail.</summary>
internal sealed class SmallStore(IStore inner, int operationsMax) : DelegatingStore(inner)
{
    private int commitsLeft = int.MaxValue;

    public override StoreInfo Info =>
        base.Info with { Limits = base.Info.Limits with { OperationsMax = operationsMax } };

    /// <summary>Lets so many commits through and fails all that follow, as if the process had ended there.</summary>
    public void FailAfter(int commits) => commitsLeft = commits;

    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        if (commit.Operations.Count > operationsMax)
        {
            throw new StoreException(StoreErrorKind.LimitExceeded, $"{commit.Operations.Count} operations.");
        }

        return --commitsLeft >= 0
            ? base.CommitAsync(commit, cancellationToken)
            : throw new StoreException(StoreErrorKind.Unavailable, "The test ended this store.");
    }
}
