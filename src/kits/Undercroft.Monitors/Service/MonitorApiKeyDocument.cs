using System.Text.Json.Serialization;

namespace Undercroft.Monitors;

/// <summary>A key as it is kept: enough to know it again, not enough to use it.</summary>
internal sealed record MonitorApiKeyDocument(
    [property: JsonRequired] string Name,
    [property: JsonRequired] string Hash,
    MonitorApiScope Scope,
    DateTimeOffset CreatedAt);
