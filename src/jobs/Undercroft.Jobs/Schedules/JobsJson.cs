using System.Text.Json;
using System.Text.Json.Serialization;

namespace Undercroft.Jobs;

/// <summary>How schedules are kept. A field, once shipped, keeps its name and meaning.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobSchedule))]
internal sealed partial class JobsJson : JsonSerializerContext;
