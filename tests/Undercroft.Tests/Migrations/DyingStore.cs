using Undercroft.Layers;

namespace Undercroft.Tests.Migrations;

/// <summary>A store whose process dies behind a number of commits to a collection's migration: from then on it neither
/// writes nor gives anything back.</summary>
internal sealed class DyingStore(IStore inner, int commitsLeft) : DelegatingStore(inner)
{
    private int left = commitsLeft;

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var isMigration = commit.Operations.Any(static operation => operation.Key.Collection == "$migrations");
        return (isMigration && left-- <= 0) || left < 0
            ? throw new IOException("The process was killed.")
            : await Inner.CommitAsync(commit, cancellationToken);
    }
}
