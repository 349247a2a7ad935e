namespace Undercroft.Monitors;

/// <summary>One thing that happened in a run. No secret is in it.</summary>
/// <param name="Sequence">Its place in the run, from 1.</param>
/// <param name="Type">What happened.</param>
/// <param name="At">When.</param>
public sealed record RunEvent(int Sequence, RunEventType Type, DateTimeOffset At)
{
    /// <summary>The node; null where the event is about the whole run.</summary>
    public string? NodeId { get; init; }

    /// <summary>How long what ended has taken, in milliseconds; null where nothing ended.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Whether it succeeded; null where that is not the question.</summary>
    public bool? Success { get; init; }

    /// <summary>The response's status; null where there is none.</summary>
    public int? Status { get; init; }

    /// <summary>What happened, in words; null where the type says all.</summary>
    public string? Message { get; init; }
}
