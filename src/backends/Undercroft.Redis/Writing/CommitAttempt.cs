using Undercroft.Redis.Jobs;

namespace Undercroft.Redis.Writing;

/// <summary>A commit on its way, with what makes its repetition safe.</summary>
/// <param name="Commit">The commit, without its jobs.</param>
/// <param name="Identity">The caller's identity, or one of our own: each commit has one.</param>
/// <param name="Digest">What tells the content of the caller's identity; nothing for our own.</param>
/// <param name="IsOwnIdentity">Whether the identity is our own.</param>
/// <param name="MustWait">Whether replicas, or the log, must have it before it is acknowledged.</param>
internal sealed record CommitAttempt(
    Commit Commit, CommitIdentity Identity, UInt128 Digest, bool IsOwnIdentity, bool MustWait)
{
    /// <summary>The jobs' part of it; null where it has none.</summary>
    public JobWrites? Jobs { get; init; }

    /// <summary>Whether it was sent before without an answer.</summary>
    public bool IsRepeated { get; set; }
}
