namespace Undercroft.Stories;

/// <summary>One place where two stories say different things.</summary>
internal readonly record struct StoryDifference(string Pointer, string? Before, string? After);
