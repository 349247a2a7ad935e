namespace Undercroft.Jobs;

/// <summary>What the store knows of a session.</summary>
public sealed class SessionStatus
{
    /// <summary>Whether it lives. One that has ended never does again: its jobs may run elsewhere.</summary>
    public required bool IsAlive { get; init; }

    /// <summary>Until when its lease holds; the default where it does not live.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The runs of it that somebody has asked to cancel.</summary>
    public IReadOnlyList<JobLease> CancelRequests { get; init; } = [];
}
