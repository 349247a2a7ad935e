using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>The JSON of the service. A field, once shipped, keeps its name and meaning.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(PlanPage))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(MonitorRun))]
[JsonSerializable(typeof(MonitorStatistics))]
[JsonSerializable(typeof(MonitorAgent))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(LocationList))]
[JsonSerializable(typeof(AgentRegistration))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The same, with quotes and letters of all scripts as they are: what is sent says that it is JSON, and
    /// that nobody may take it for anything else.</summary>
    public static ApiJson Plain { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>A page of plans, each as it is stored, with its ETag beside it.</summary>
internal sealed record PlanPage(IReadOnlyList<PlanItem> Items, string? Next);

/// <summary>A plan in a page.</summary>
internal sealed record PlanItem(string Etag, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, JsonElement Plan);

/// <summary>A page of runs.</summary>
internal sealed record RunPage(IReadOnlyList<MonitorRun> Items, string? Next);

/// <summary>The runs just made.</summary>
internal sealed record RunList(IReadOnlyList<MonitorRun> Runs);

/// <summary>What happened in a run.</summary>
internal sealed record EventList(IReadOnlyList<RunEvent> Events);

/// <summary>The agents.</summary>
internal sealed record AgentList(IReadOnlyList<MonitorAgent> Agents);

/// <summary>The locations.</summary>
internal sealed record LocationList(IReadOnlyList<MonitorLocation> Locations);

/// <summary>An agent that makes itself known.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AgentRegistration(string? Location, IReadOnlyDictionary<string, string>? Metadata);
