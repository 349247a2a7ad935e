using Undercroft.Layers;

namespace Undercroft.Crash;

/// <summary>Keeps in memory what was to reach the system or the disk.</summary>
internal sealed class PromisesTooMuch(IStore inner) : DelegatingStore(inner)
{
    public override ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default) =>
        Inner.CommitAsync(
            new Commit(commit.Operations) { Durability = Durability.Memory, Identity = commit.Identity },
            cancellationToken);
}

/// <summary>Makes two commits of one.</summary>
internal sealed class CommitsInHalves(IStore inner) : DelegatingStore(inner)
{
    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        var half = commit.Operations.Count / 2;
        var later = commit.Operations.Skip(half).ToList();
        _ = await Inner.CommitAsync(new Commit(later) { Durability = commit.Durability }, cancellationToken);
        var sooner = commit.Operations.Take(half).ToList();
        return await Inner.CommitAsync(new Commit(sooner) { Durability = commit.Durability }, cancellationToken);
    }
}
