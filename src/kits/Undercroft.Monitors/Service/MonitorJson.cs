using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>The JSON of what monitors keep and tell. A field, once shipped, keeps its name and meaning.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MonitorPlan))]
[JsonSerializable(typeof(MonitorRun))]
[JsonSerializable(typeof(MonitorRunEvents))]
[JsonSerializable(typeof(MonitorTimetable))]
[JsonSerializable(typeof(MonitorAgent))]
[JsonSerializable(typeof(MonitorApiKeyDocument))]
[JsonSerializable(typeof(RunJob))]
internal sealed partial class MonitorJson : JsonSerializerContext;
