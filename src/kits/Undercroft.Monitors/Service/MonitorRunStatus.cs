using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>How far a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MonitorRunStatus>))]
public enum MonitorRunStatus
{
    /// <summary><c>pending</c>: its job waits for a worker of its location.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending = 0,

    /// <summary><c>running</c>: a worker is at it.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary><c>completed</c>: it was carried out; <see cref="MonitorRun.Success"/> says what came of it.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary><c>failed</c>: it could not be carried out.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
