namespace Undercroft.Jobs;

/// <summary>A schedule that an application has registered.</summary>
/// <param name="Schedule">The schedule.</param>
internal sealed record ScheduleSeed(JobSchedule Schedule);
