namespace Undercroft.Jobs;

/// <summary>What happens with times at which nobody was there to fire a schedule.</summary>
public enum ScheduleMisfire
{
    /// <summary>One run makes up for all that were missed.</summary>
    RunOnce = 0,

    /// <summary>Each that was missed is run.</summary>
    RunEach,

    /// <summary>What is more than a minute late is not run.</summary>
    Skip,
}
