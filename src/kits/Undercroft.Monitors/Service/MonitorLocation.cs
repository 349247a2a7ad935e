namespace Undercroft.Monitors;

/// <summary>A location, and who is there.</summary>
/// <param name="Name">The location.</param>
/// <param name="Online">How many agents were heard of lately.</param>
/// <param name="Agents">How many agents there are.</param>
public sealed record MonitorLocation(string Name, int Online, int Agents);
