using Undercroft.Monitors;

namespace Undercroft.AspNetCore;

/// <summary>Settings of monitors in a host.</summary>
public sealed class MonitorsOptions
{
    /// <summary>What is kept, and for how long.</summary>
    public MonitorServiceOptions Service { get; } = new();

    /// <summary>What plans may do where they run.</summary>
    public MonitorExecutorOptions Executor { get; } = new();

    /// <summary>The location whose runs this process carries out, and how many at a time.</summary>
    public MonitorWorkerOptions Worker { get; } = new();

    /// <summary>Whether this process makes the runs that are due. The default is true.</summary>
    public bool RunsScheduler { get; set; } = true;

    /// <summary>Whether this process carries out runs. The default is true.</summary>
    public bool RunsWorker { get; set; } = true;

    /// <summary>How long the scheduler sleeps at most. The default is one second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);
}
