namespace Undercroft.Stories;

/// <summary>A link to a passage that the story does not have.</summary>
/// <param name="PassageId">The id of the passage that holds the link.</param>
/// <param name="PassageName">Its name.</param>
/// <param name="Target">The name that no passage has.</param>
/// <param name="Line">The line of the body, from 1.</param>
public sealed record BrokenLink(string PassageId, string PassageName, string Target, int Line);
