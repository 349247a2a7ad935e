namespace Undercroft.Monitors;

/// <summary>What a run came to. No secret is in it.</summary>
public sealed record RunOutcome
{
    /// <summary>Whether all nodes passed.</summary>
    public required bool Success { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    /// <summary>What failed, in the order of the nodes.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>How each node ended, in the order of the plan.</summary>
    public required IReadOnlyList<NodeOutcome> Nodes { get; init; }

    /// <summary>What happened, in order; at most 2,000.</summary>
    public required IReadOnlyList<RunEvent> Events { get; init; }
}
