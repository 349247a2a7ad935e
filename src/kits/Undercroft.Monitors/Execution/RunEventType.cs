using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>What can happen in a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunEventType>))]
public enum RunEventType
{
    /// <summary>The run began.</summary>
    [JsonStringEnumMemberName("MONITOR_START")]
    MonitorStart = 0,

    /// <summary>The run ended.</summary>
    [JsonStringEnumMemberName("MONITOR_END")]
    MonitorEnd,

    /// <summary>A node began.</summary>
    [JsonStringEnumMemberName("NODE_START")]
    NodeStart,

    /// <summary>A node ended.</summary>
    [JsonStringEnumMemberName("NODE_END")]
    NodeEnd,

    /// <summary>A request was sent; once more for each redirect.</summary>
    [JsonStringEnumMemberName("HTTP_REQUEST")]
    HttpRequest,

    /// <summary>A response came.</summary>
    [JsonStringEnumMemberName("HTTP_RESPONSE")]
    HttpResponse,

    /// <summary>An assertion was judged.</summary>
    [JsonStringEnumMemberName("ASSERTION_RESULT")]
    AssertionResult,
}
