namespace Undercroft.Stories;

/// <summary>What became of two versions of a story.</summary>
/// <param name="Story">The merged story: everything either version changed. Where they contradict each other it has
/// what the local version says, and what only one of them deleted although the other changed it is still there.
/// </param>
/// <param name="Conflicts">Where they contradict each other, in the order of the story.</param>
public sealed record StoryMergeResult(Story Story, IReadOnlyList<StoryConflict> Conflicts)
{
    /// <summary>Whether there is no contradiction.</summary>
    public bool IsClean => Conflicts.Count == 0;
}
