namespace Undercroft.Stories;

/// <summary>Others had changed a story that was being saved, and the edits were merged.</summary>
/// <param name="StoryId">The story's id.</param>
/// <param name="Stored">The merged story as the library has it now.</param>
/// <param name="Conflicts">What contradicted; the editor's word counted.</param>
/// <param name="CopyIds">The ids of the stories that keep the others' versions whole: one, where something
/// contradicted; more, where others went on saving meanwhile.</param>
/// <param name="WasDeleted">Whether others had deleted the story: it was created again.</param>
public sealed record StoryAutosaveMerged(
    string StoryId,
    StoredStory Stored,
    IReadOnlyList<StoryConflict> Conflicts,
    IReadOnlyList<string> CopyIds,
    bool WasDeleted);
