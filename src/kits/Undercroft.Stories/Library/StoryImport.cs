namespace Undercroft.Stories;

/// <summary>What became of one story of an imported file.</summary>
/// <param name="Summary">The story as it is in the library now.</param>
/// <param name="IsNew">Whether the library did not know it before.</param>
/// <param name="PassagesChanged">How many passages were written; the others were in the library just so.</param>
/// <param name="PassagesRemoved">How many passages the library had of it that the file does not have.</param>
public sealed record StoryImport(StorySummary Summary, bool IsNew, int PassagesChanged, int PassagesRemoved)
{
    /// <summary>The backup of the story as it was before; null where the update took nothing away, or
    /// <see cref="StoryImportOptions.Backups"/> is null.</summary>
    public StoryBackup? Backup { get; init; }
}
