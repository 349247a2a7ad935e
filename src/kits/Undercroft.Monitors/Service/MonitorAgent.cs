using System.Collections.Immutable;

namespace Undercroft.Monitors;

/// <summary>A process that carries out the runs of a location.</summary>
public sealed record MonitorAgent
{
    /// <summary>The agent's id.</summary>
    public required string Id { get; init; }

    /// <summary>The location whose runs it carries out.</summary>
    public required string Location { get; init; }

    /// <summary>When it said that it is there.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When it was last heard of, by the store's time.</summary>
    public required DateTimeOffset LastHeartbeat { get; init; }

    /// <summary>What it says of itself, such as its host; at most 20 texts.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether it was heard of lately, as of when it was read, by the store's time.</summary>
    public bool IsOnline { get; init; }
}
