namespace Undercroft.Monitors;

/// <summary>Which runs are meant.</summary>
public sealed record MonitorRunFilter
{
    /// <summary>All runs.</summary>
    public static MonitorRunFilter All { get; } = new();

    /// <summary>Of this plan; null means of all.</summary>
    public string? PlanId { get; init; }

    /// <summary>In this location; null means in all.</summary>
    public string? Location { get; init; }

    /// <summary>That are so far; null means at any point.</summary>
    public MonitorRunStatus? Status { get; init; }

    /// <summary>With this outcome; null means any, and those that have none yet.</summary>
    public bool? Success { get; init; }

    /// <summary>Made at or after this; null means since ever.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Made before this; null means until now.</summary>
    public DateTimeOffset? Before { get; init; }
}
