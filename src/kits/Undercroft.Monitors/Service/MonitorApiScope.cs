using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>What a key allows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MonitorApiScope>))]
public enum MonitorApiScope
{
    /// <summary><c>read</c>: to look.</summary>
    [JsonStringEnumMemberName("read")]
    Read = 0,

    /// <summary><c>write</c>: to look and to change.</summary>
    [JsonStringEnumMemberName("write")]
    Write,
}
