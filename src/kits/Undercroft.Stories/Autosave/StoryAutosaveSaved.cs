namespace Undercroft.Stories;

/// <summary>A story was saved.</summary>
/// <param name="StoryId">The story's id.</param>
/// <param name="Stored">The story as the library has it now: with others' edits, if there were any.</param>
/// <param name="IsAllSaved">Whether nothing was edited while it was saved.</param>
public sealed record StoryAutosaveSaved(string StoryId, StoredStory Stored, bool IsAllSaved);
