using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>Who wanted a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MonitorRunTrigger>))]
public enum MonitorRunTrigger
{
    /// <summary><c>schedule</c>: it was due.</summary>
    [JsonStringEnumMemberName("schedule")]
    Schedule = 0,

    /// <summary><c>manual</c>: somebody at a command line.</summary>
    [JsonStringEnumMemberName("manual")]
    Manual,

    /// <summary><c>api</c>: a caller of the service.</summary>
    [JsonStringEnumMemberName("api")]
    Api,
}
