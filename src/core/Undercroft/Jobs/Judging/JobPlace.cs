namespace Undercroft.Jobs;

/// <summary>Names one sorted list of rows. For backends.</summary>
/// <param name="List">Which kind of list.</param>
/// <param name="Queue">The queue, where the list is of one.</param>
/// <param name="Key">The kind or the concurrency key, where the list is of one.</param>
/// <param name="Session">The session, where the list is of one.</param>
public readonly record struct JobPlace(
    JobList List, string? Queue = null, string? Key = null, SessionId Session = default);
