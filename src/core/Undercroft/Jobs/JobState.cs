namespace Undercroft.Jobs;

/// <summary>Where a job is on its way.</summary>
public enum JobState
{
    /// <summary>It is due later: delayed, snoozed, or tried again.</summary>
    Scheduled = 0,

    /// <summary>It can be claimed.</summary>
    Ready,

    /// <summary>A session has claimed it.</summary>
    Running,

    /// <summary>It waits for other jobs: of its concurrency key, those it depends on, or a batch.</summary>
    Waiting,

    /// <summary>It has ended well.</summary>
    Succeeded,

    /// <summary>It has failed for good: a dead letter.</summary>
    Dead,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
