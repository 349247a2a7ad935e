using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>What a monitor does and when: a graph of requests, waits and assertions. Immutable; made by hand or read by
/// <see cref="PlanText"/>, which checks it.</summary>
[JsonConverter(typeof(MonitorPlanConverter))]
public sealed record MonitorPlan
{
    /// <summary>The version of the form this program writes; older ones are brought to it as they are read.</summary>
    public const string CurrentVersion = "2.1";

    /// <summary>The location where a plan names none.</summary>
    public const string DefaultLocation = "default";

    /// <summary>The environment where a plan names none.</summary>
    public const string DefaultEnvironment = "default";

    /// <summary>The plan's id; empty until it is stored.</summary>
    public string Id { get; init; } = "";

    /// <summary>The name, unique in its environment.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is; null means nobody said.</summary>
    public string? Organization { get; init; }

    /// <summary>What it belongs to; null means nobody said.</summary>
    public string? Project { get; init; }

    /// <summary>The environment: the variables a service has for it are the plan's.</summary>
    public string Environment { get; init; } = DefaultEnvironment;

    /// <summary>Where it runs: each due time is one run in each location. Empty means
    /// <see cref="DefaultLocation"/>.</summary>
    public IReadOnlyList<string> Locations { get; init; } = [];

    /// <summary>How often it runs; null where <see cref="Cron"/> says so, or where it runs when asked to.</summary>
    public PlanFrequency? Frequency { get; init; }

    /// <summary>When it runs, as a cron expression of five or six fields; null where there is none.</summary>
    public string? Cron { get; init; }

    /// <summary>The IANA name of the time zone of <see cref="Cron"/>; null means UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether the schedule is on.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Values for <c>$variable</c>; what a service says for the environment comes first.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The nodes of the graph.</summary>
    public required IReadOnlyList<PlanNode> Nodes { get; init; }

    /// <summary>The edges: a node runs when all nodes before it have succeeded.</summary>
    public required IReadOnlyList<PlanEdge> Edges { get; init; }

    /// <summary>The locations a run is made for: never empty.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> RunLocations => Locations.Count == 0 ? [DefaultLocation] : Locations;

    /// <summary>Whether it runs by itself.</summary>
    [JsonIgnore]
    public bool IsScheduled => IsEnabled && (Frequency is not null || Cron is not null);
}
