namespace Undercroft.Monitors;

/// <summary>What is known of a key.</summary>
/// <param name="Id">The key's id: the second part of its text.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Scope">What it allows.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record MonitorApiKey(string Id, string Name, MonitorApiScope Scope, DateTimeOffset CreatedAt);
