using Undercroft.Backends;

namespace Undercroft.Sqlite.Writing;

/// <summary>One commit.</summary>
/// <param name="commit">The commit, let through by <see cref="CommitGuard"/>.</param>
/// <param name="level">What it must have reached.</param>
internal sealed class CommitJob(Commit commit, Durability level) : WriteJob<CommitResult>
{
    // On the caller's thread: the writer has enough to do.
    private readonly UInt128 digest = commit.Identity is null ? default : CommitDigest.Of(commit);

    public override Durability Level => level;

    public override int Weight => commit.Operations.Count;

    protected override CommitResult Do(WriteSession session) => session.Commit(commit, digest);
}
