namespace Undercroft.Jobs;

/// <summary>What maintenance has done.</summary>
/// <param name="Promoted">Scheduled jobs that became due.</param>
/// <param name="Reaped">Jobs taken from sessions that have died.</param>
/// <param name="Pruned">Jobs forgotten.</param>
/// <param name="HasMore">Whether there is more to do: call again.</param>
/// <param name="NextDueAt">When the next scheduled job is due; null where none is.</param>
public sealed record JobMaintenanceReport(
    int Promoted, int Reaped, int Pruned, bool HasMore, DateTimeOffset? NextDueAt);
