namespace Undercroft.Stories;

/// <summary>A story was saved; what else that was follows as <see cref="StoryCreated"/> or <see cref="StoryUpdated"/>.
/// </summary>
/// <param name="Id">The story's id.</param>
/// <param name="Revision">The revision it has from now on.</param>
/// <param name="IsNew">Whether there was none before.</param>
public sealed record StorySaved(string Id, Revision Revision, bool IsNew) : StoryEvent;
