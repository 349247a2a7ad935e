namespace Undercroft.Stories;

/// <summary>A story was deleted.</summary>
/// <param name="Id">The story's id.</param>
public sealed record StoryDeleted(string Id) : StoryEvent;
