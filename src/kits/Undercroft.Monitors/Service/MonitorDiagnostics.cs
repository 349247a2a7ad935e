using System.Diagnostics;

namespace Undercroft.Monitors;

/// <summary>The names under which monitors can be watched.</summary>
public static class MonitorDiagnostics
{
    /// <summary>The name of the meter and of the activities.</summary>
    public const string SourceName = "Undercroft.Monitors";

    /// <summary>A histogram: how long runs took, in seconds.</summary>
    public const string RunDuration = "undercroft.monitor.run.duration";

    /// <summary>A counter: runs that the scheduler has made.</summary>
    public const string RunsEnqueued = "undercroft.monitor.runs.enqueued";

    /// <summary>A counter: runs left out because the one before had not ended.</summary>
    public const string RunsSkipped = "undercroft.monitor.runs.skipped";

    internal static ActivitySource Source { get; } = new(SourceName);
}
