namespace Undercroft.Stories;

/// <summary>All stories were deleted.</summary>
/// <param name="Stories">How many there were.</param>
public sealed record StorageCleared(long Stories) : StoryEvent;
