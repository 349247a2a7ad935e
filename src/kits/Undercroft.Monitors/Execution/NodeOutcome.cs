namespace Undercroft.Monitors;

/// <summary>How a node of a run ended.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Status">How it ended.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
public sealed record NodeOutcome(string NodeId, NodeStatus Status, double DurationMs)
{
    /// <summary>The response's status; null where there is none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>What failed; null where nothing did.</summary>
    public string? Error { get; init; }
}
