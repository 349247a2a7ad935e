namespace Undercroft.Stories;

/// <summary>One story that the other side does not have as it is here.</summary>
/// <param name="StoryId">The story's id.</param>
/// <param name="Operation">What is to do.</param>
/// <param name="Revision">The revision that acknowledging this acknowledges; none for a deletion whose trace was
/// forgotten.</param>
/// <param name="ChangedAt">When the story was last changed, in UTC; null where that was forgotten.</param>
/// <param name="RetryCount">How often it has failed since it was last acknowledged.</param>
/// <param name="LastError">What the last failure said; null where none did.</param>
public sealed record StorySyncEntry(
    string StoryId,
    StorySyncOperation Operation,
    Revision Revision,
    DateTimeOffset? ChangedAt,
    int RetryCount,
    string? LastError);
