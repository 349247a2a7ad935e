namespace Undercroft.Stories;

/// <summary>A story was saved that was not there before.</summary>
/// <param name="Id">The story's id.</param>
/// <param name="Revision">The revision it has from now on.</param>
public sealed record StoryCreated(string Id, Revision Revision) : StoryEvent;
