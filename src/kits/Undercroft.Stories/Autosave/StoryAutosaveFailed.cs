namespace Undercroft.Stories;

/// <summary>A save, or the backup before it, failed.</summary>
/// <param name="StoryId">The story's id.</param>
/// <param name="Error">Why.</param>
/// <param name="Attempt">Which attempt it was, from 1.</param>
/// <param name="RetryIn">When the next attempt comes; null where there is none: then the story is in the state
/// <see cref="StoryAutosaveState.Failed"/>, and its edits are only in the editor.</param>
/// <param name="IsBackup">Whether only the backup failed: then the save went on.</param>
public sealed record StoryAutosaveFailed(
    string StoryId, Exception Error, int Attempt, TimeSpan? RetryIn, bool IsBackup = false);
