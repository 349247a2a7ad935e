namespace Undercroft.Jobs;

/// <summary>A job to wait for.</summary>
/// <param name="Job">The job: there already, or enqueued in the same commit.</param>
/// <param name="Policy">What happens where it ends without success.</param>
public readonly record struct JobDependency(JobId Job, DependencyPolicy Policy = DependencyPolicy.Cancel);
