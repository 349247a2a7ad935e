namespace Undercroft.Stories;

/// <summary>How a story is loaded.</summary>
public sealed record StoryLoadOptions
{
    /// <summary>Whether to ask the store if a cached story is still the newest. Without it a change by another process
    /// is seen when the feed has told of it; a change by this one, always.</summary>
    public bool IsFresh { get; init; }
}
