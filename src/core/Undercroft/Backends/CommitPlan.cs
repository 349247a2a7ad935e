using Undercroft.Jobs;

namespace Undercroft.Backends;

/// <summary>What a commit comes to on a given state: either conflicts, or the records to write.</summary>
public sealed class CommitPlan
{
    /// <summary>The instant the commit happens at.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The operations that failed; empty means that the commit may be applied.</summary>
    public required IReadOnlyList<CommitConflict> Conflicts { get; init; }

    /// <summary>The records to write, in the order of the operations; empty where nothing changes.</summary>
    public required IReadOnlyList<PlannedWrite> Writes { get; init; }

    /// <summary>The new values of the counters, in the order of their operations.</summary>
    public required IReadOnlyList<long> Counters { get; init; }

    /// <summary>Makes the result to give the caller.</summary>
    /// <param name="revision">The commit's revision, or the store's latest where it wrote nothing.</param>
    /// <param name="jobs">What its job operations came to; null where it has none.</param>
    public CommitResult ToResult(Revision revision, IReadOnlyList<JobOutcome>? jobs = null) => Conflicts.Count > 0
        ? new CommitResult { Revision = revision, At = At, Conflicts = Conflicts }
        : new CommitResult { Revision = revision, At = At, Counters = Counters, Jobs = jobs ?? [] };
}
