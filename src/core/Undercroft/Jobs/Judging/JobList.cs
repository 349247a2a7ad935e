namespace Undercroft.Jobs;

/// <summary>The sorted lists a backend keeps its rows in: each row is in one at most. For backends.</summary>
public enum JobList
{
    /// <summary>In none: it waits for other jobs.</summary>
    None = 0,

    /// <summary>Due later, by due time.</summary>
    Scheduled,

    /// <summary>Ready, of one queue and kind, by priority and due time.</summary>
    Ready,

    /// <summary>Waiting for a concurrency key of a queue, by order.</summary>
    Waiters,

    /// <summary>Run by one session.</summary>
    Session,

    /// <summary>Ended well, by that time.</summary>
    Succeeded,

    /// <summary>Dead, by that time.</summary>
    Dead,

    /// <summary>Cancelled, by that time.</summary>
    Cancelled,
}
