namespace Undercroft.Jobs;

/// <summary>What happens where a job with the same <see cref="NewJob.UniqueKey"/> is on its way in the queue.</summary>
public enum DuplicatePolicy
{
    /// <summary>The job there is stays as it is, a running one too, and its id is returned.</summary>
    Return = 0,

    /// <summary>The job there is takes the new payload, priority, attempts and time. One that runs may have seen old
    /// data: then the new job is made too, and takes over the key.</summary>
    Replace,

    /// <summary>The job there is takes the new payload and keeps its time: at most one run in a while. One that runs
    /// already gets a successor.</summary>
    Throttle,

    /// <summary>The job there is takes the new payload and moves to the new time: it runs once there was quiet. One
    /// that runs already gets a successor.</summary>
    Debounce,

    /// <summary>The commit is refused, with <see cref="ConflictKind.DuplicateJob"/>.</summary>
    Reject,
}
