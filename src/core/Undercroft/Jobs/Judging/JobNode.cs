namespace Undercroft.Jobs;

/// <summary>What others can wait for: a job, or a batch.</summary>
/// <param name="Job">The job; of no meaning where it is a batch.</param>
/// <param name="Batch">The batch; null where it is a job.</param>
internal readonly record struct JobNode(JobId Job, string? Batch)
{
    public static implicit operator JobNode(JobId job) => new(job, null);

    public static implicit operator JobNode(string batch) => new(default, batch);
}
