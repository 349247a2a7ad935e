namespace Undercroft.Stories;

/// <summary>What became of one story of an imported file.</summary>
/// <param name="Summary">The story as it is on the shelf now.</param>
/// <param name="IsNew">Whether the shelf did not know it before.</param>
/// <param name="PassagesChanged">How many passages were written; the others were on the shelf just so.</param>
public sealed record StoryImport(StorySummary Summary, bool IsNew, int PassagesChanged);
