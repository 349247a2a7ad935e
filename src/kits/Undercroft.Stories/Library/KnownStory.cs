namespace Undercroft.Stories;

/// <summary>A story as it was read, with what a save needs to know of it.</summary>
/// <param name="Story">The story.</param>
/// <param name="Contents">The document that lists its passages.</param>
/// <param name="Revision">That document's revision: every save changes it.</param>
internal sealed record KnownStory(Story Story, StoryContents Contents, Revision Revision);
