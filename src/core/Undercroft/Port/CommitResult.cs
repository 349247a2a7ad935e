using Undercroft.Jobs;

namespace Undercroft;

/// <summary>How a commit ended: applied whole, or not at all with each conflict named.</summary>
public sealed class CommitResult
{
    /// <summary>Whether the commit was applied.</summary>
    public bool IsCommitted => Conflicts.Count == 0;

    /// <summary>The revision of everything the commit wrote. Where it wrote nothing, the latest revision of the store
    /// at which its checks were judged.</summary>
    public required Revision Revision { get; init; }

    /// <summary>The instant the commit happened at, in UTC: the update time of what it wrote. The default where the
    /// result is a replay.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The new values of the counters, one for each <see cref="AddOperation"/>, in their order; empty after a
    /// conflict.</summary>
    public IReadOnlyList<long> Counters { get; init; } = [];

    /// <summary>What the job operations came to, in their order; empty after a conflict. Where this is a replay, it is
    /// what they came to then.</summary>
    public IReadOnlyList<JobOutcome> Jobs { get; init; } = [];

    /// <summary>Each operation that failed; empty where the commit was applied.</summary>
    public IReadOnlyList<CommitConflict> Conflicts { get; init; } = [];

    /// <summary>Whether this is the stored result of an earlier commit with the same identity.</summary>
    public bool IsReplay { get; init; }
}
