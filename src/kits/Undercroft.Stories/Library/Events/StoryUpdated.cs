namespace Undercroft.Stories;

/// <summary>A story was saved over an earlier one.</summary>
/// <param name="Id">The story's id.</param>
/// <param name="Revision">The revision it has from now on.</param>
public sealed record StoryUpdated(string Id, Revision Revision) : StoryEvent;
