namespace Undercroft.Stories;

/// <summary>What became of one save.</summary>
/// <param name="Known">What the editor has, as far as the store holds it.</param>
/// <param name="Stored">What the store holds.</param>
/// <param name="IsMerged">Whether others' edits were met.</param>
/// <param name="Conflicts">What contradicted.</param>
/// <param name="CopyIds">The ids of the stories that keep others' versions whole.</param>
/// <param name="WasDeleted">Whether others had deleted the story.</param>
/// <param name="BackupError">Why the backup failed; null where it did not.</param>
internal sealed record AutosaveOutcome(
    Story Known,
    StoredStory Stored,
    bool IsMerged,
    IReadOnlyList<StoryConflict> Conflicts,
    IReadOnlyList<string> CopyIds,
    bool WasDeleted,
    Exception? BackupError);
