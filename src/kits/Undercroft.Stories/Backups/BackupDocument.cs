namespace Undercroft.Stories;

/// <summary>What is kept of a backup beside its bytes: collection <c>story-backups</c>.</summary>
/// <param name="StoryId">The story's id.</param>
/// <param name="Number">The backup's number.</param>
/// <param name="Parts">How many parts its bytes are kept in.</param>
/// <param name="IsComplete">Whether all of them are written.</param>
/// <param name="Backup">What is told of it.</param>
internal sealed record BackupDocument(string StoryId, long Number, int Parts, bool IsComplete, StoryBackup Backup);
