namespace Undercroft.Jobs;

/// <summary>What a claim brought.</summary>
public sealed class ClaimResult
{
    /// <summary>The jobs, in the order to run them.</summary>
    public IReadOnlyList<LeasedJob> Jobs { get; init; } = [];

    /// <summary>Whether the session still lives. Where it does not nothing was claimed: stop, and open another one.
    /// </summary>
    public bool IsSessionAlive { get; init; } = true;

    /// <summary>When the next scheduled job of any queue is due; null where none is scheduled. Until then, or until the
    /// wake hint, another claim would bring nothing, unless this one was full. Where it is no later than
    /// <see cref="At"/>, the claim has not come to an end of what is due or must wait for a rate limit: claim again.
    /// </summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The queues asked for that are paused.</summary>
    public IReadOnlyList<string> PausedQueues { get; init; } = [];

    /// <summary>The instant the claim happened at, by the store's clock.</summary>
    public DateTimeOffset At { get; init; }
}
