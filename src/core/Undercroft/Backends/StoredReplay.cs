using Undercroft.Jobs;

namespace Undercroft.Backends;

/// <summary>The stored result of one commit, for a retry with the same identity.</summary>
/// <param name="Number">The client's number for the commit.</param>
/// <param name="Digest">The commit's content, as <see cref="CommitDigest"/> sees it.</param>
/// <param name="Revision">The revision it got.</param>
/// <param name="Counters">The counters' new values.</param>
public sealed record StoredReplay(long Number, UInt128 Digest, Revision Revision, IReadOnlyList<long> Counters)
{
    /// <summary>What its job operations came to, in the form of <see cref="JobOutcomeForm"/>; empty where it had none,
    /// or where it is not kept.</summary>
    public ReadOnlyMemory<byte> Jobs { get; init; }

    /// <summary>Makes the result to give the caller again, with what its job operations came to.</summary>
    /// <param name="commit">The commit that is repeated.</param>
    public CommitResult ToResult(Commit commit) => new()
    {
        Revision = Revision,
        Counters = Counters,
        Jobs = JobOutcomeForm.Read(Jobs, commit),
        IsReplay = true,
    };
}
