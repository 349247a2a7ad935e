namespace Undercroft.Jobs;

/// <summary>A job that waits for the one the edge is kept at. For backends.</summary>
/// <param name="Child">The job that waits.</param>
/// <param name="Policy">What happens to it without success.</param>
public readonly record struct JobEdge(JobId Child, DependencyPolicy Policy);
