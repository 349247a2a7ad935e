namespace Undercroft.Stories;

/// <summary>A place in a story of a library where a text was found.</summary>
/// <param name="Story">The story.</param>
/// <param name="Hit">The place.</param>
public sealed record StoryHit(StorySummary Story, StorySearchHit Hit);
