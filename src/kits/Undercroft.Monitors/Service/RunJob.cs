namespace Undercroft.Monitors;

/// <summary>What the job of a run carries.</summary>
/// <param name="RunId">The run.</param>
internal sealed record RunJob(string RunId);
