namespace Undercroft.Monitors;

/// <summary>What happened in a run: apart from the run, so that lists of runs stay light.</summary>
internal sealed record MonitorRunEvents(IReadOnlyList<RunEvent> Events);
