namespace Undercroft.Jobs;

/// <summary>What a job operation of a commit came to.</summary>
/// <param name="Job">The job: for a duplicate, the one that was there.</param>
/// <param name="Effect">What happened.</param>
/// <param name="State">The job's state after the commit.</param>
public readonly record struct JobOutcome(JobId Job, JobEffect Effect, JobState State);
