namespace Undercroft.Jobs;

/// <summary>How a job stands with its concurrency key.</summary>
/// <param name="IsActive">Whether it takes one of the key's places.</param>
/// <param name="IsWaiting">Whether it waits for one.</param>
internal readonly record struct JobStanding(bool IsActive, bool IsWaiting);
