namespace Undercroft.Monitors;

/// <summary>What one look of a scheduler came to.</summary>
/// <param name="Enqueued">How many runs it made.</param>
/// <param name="Skipped">How many it left out because the one before them had not ended.</param>
/// <param name="NextAt">When the next plan is due; null where none is scheduled.</param>
public sealed record MonitorTick(int Enqueued, int Skipped, DateTimeOffset? NextAt);
