namespace Undercroft.Jobs;

/// <summary>How a worker works on one queue.</summary>
public sealed class JobQueueOptions
{
    /// <summary>How many jobs of the queue run at once in this process: 1 to 10,000. The default is 16.</summary>
    public int Concurrency { get; set; } = 16;

    /// <summary>How many more are claimed ahead, so that none waits for the store: 0 to 1,000. The default is 0: a job
    /// that waits here could run elsewhere.</summary>
    public int Prefetch { get; set; }
}
