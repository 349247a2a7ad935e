namespace Undercroft.Stories;

/// <summary>One place where two versions of a story contradict each other.</summary>
/// <param name="Kind">In what way.</param>
/// <param name="PassageId">The id of the passage; null where it is about the story itself.</param>
/// <param name="PassageName">The passage's name as the merged story has it; null where it is about the story.</param>
/// <param name="Field">What it is about, as the JSON form calls it: <c>body</c>, <c>name</c>, <c>startId</c>;
/// <c>fields/NAME</c>, <c>extensions/NAME</c> or <c>tagColors/TAG</c> for one entry of a list; <c>passages</c> for the
/// order of all passages; <c>passage</c> for one that one version deleted.</param>
/// <param name="Base">What both began with; null where it was not there.</param>
/// <param name="Local">What the local version has; null where it is not there.</param>
/// <param name="Remote">What the remote version has; null where it is not there.</param>
public sealed record StoryConflict(
    StoryConflictKind Kind,
    string? PassageId,
    string? PassageName,
    string Field,
    string? Base,
    string? Local,
    string? Remote);
