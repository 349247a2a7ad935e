namespace Undercroft.Jobs;

/// <summary>Does something to a job or a queue from outside, with the commit. What cannot be done has no effect, and
/// the outcome says so; the commit is not refused.</summary>
public sealed class JobControlOperation : JobOperation
{
    private JobControlOperation(JobControlKind kind, JobId job, string? queue = null, int priority = 0)
    {
        Kind = kind;
        Job = job;
        Queue = queue;
        Priority = priority;
    }

    /// <summary>What to do.</summary>
    public JobControlKind Kind { get; }

    /// <inheritdoc/>
    public override JobId Job { get; }

    /// <summary>The queue; null where it does not matter.</summary>
    public string? Queue { get; }

    /// <summary>The new priority.</summary>
    public int Priority { get; }

    /// <inheritdoc/>
    public override RecordKey Key => Job == JobId.None ? new(Collection, $"queue:{Queue}") : base.Key;

    /// <summary>Cancels a job.</summary>
    public static JobControlOperation Cancel(JobId job) => new(JobControlKind.Cancel, job);

    /// <summary>Runs a job that has ended again. Nothing happens while another job has its unique key.</summary>
    public static JobControlOperation Requeue(JobId job) => new(JobControlKind.Requeue, job);

    /// <summary>Makes a scheduled job due at once.</summary>
    public static JobControlOperation RunNow(JobId job) => new(JobControlKind.RunNow, job);

    /// <summary>Gives a job that has not begun another priority.</summary>
    public static JobControlOperation Prioritize(JobId job, int priority) =>
        new(JobControlKind.Prioritize, job, null, priority);

    /// <summary>Moves a job that has not begun to another queue.</summary>
    public static JobControlOperation Move(JobId job, string queue) => new(JobControlKind.Move, job, queue);

    /// <summary>Forgets a job that has ended.</summary>
    public static JobControlOperation Delete(JobId job) => new(JobControlKind.Delete, job);

    /// <summary>Pauses a queue.</summary>
    public static JobControlOperation Pause(string queue) => new(JobControlKind.Pause, JobId.None, queue);

    /// <summary>Ends the pause of a queue.</summary>
    public static JobControlOperation Resume(string queue) => new(JobControlKind.Resume, JobId.None, queue);
}
