namespace Undercroft.Monitors;

/// <summary>A key as it is kept: enough to know it again, not enough to use it.</summary>
internal sealed record MonitorApiKeyDocument(
    string Name, string Hash, MonitorApiScope Scope, DateTimeOffset CreatedAt);
