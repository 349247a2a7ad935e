namespace Undercroft.Stories;

/// <summary>A story was loaded.</summary>
/// <param name="Id">The story's id.</param>
/// <param name="Revision">The revision it was loaded at.</param>
/// <param name="FromCache">Whether the cache had it; otherwise it was read from the store.</param>
public sealed record StoryLoaded(string Id, Revision Revision, bool FromCache) : StoryEvent;
