namespace Undercroft.Jobs;

/// <summary>One page of a list of jobs, by the order they were enqueued in.</summary>
/// <param name="Jobs">The jobs. With a filter by kind or batch a page may be short, or empty, and yet not the last.
/// </param>
/// <param name="Next">Where to go on; null means that this was the end.</param>
public sealed record JobPage(IReadOnlyList<JobInfo> Jobs, string? Next);
