namespace Undercroft.Stories;

/// <summary>What the stories of a library take.</summary>
/// <param name="Stories">How many there are.</param>
/// <param name="Bytes">The bytes of their JSON: contents, passages and the pages around them. Summaries, indexes and
/// what the backend adds are not counted.</param>
public sealed record StoryUsage(long Stories, long Bytes);
