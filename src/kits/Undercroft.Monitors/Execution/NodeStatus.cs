using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>How a node can end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NodeStatus>))]
public enum NodeStatus
{
    /// <summary>It did what it should.</summary>
    [JsonStringEnumMemberName("passed")]
    Passed = 0,

    /// <summary>It did not.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Something before it failed, so it was left out.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}
