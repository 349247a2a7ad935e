namespace Undercroft.Stories;

/// <summary>How far everything is acknowledged: collection <c>story-sync</c>, under the consumer's name.</summary>
internal sealed record SyncCursorDocument(string Cursor);

/// <summary>What a consumer has of a story: collection <c>story-sync-stories</c>.</summary>
/// <param name="StoryId">The story's id.</param>
/// <param name="Acknowledged">The revision it has; 0 where it has none.</param>
/// <param name="Retries">How often it has failed since.</param>
/// <param name="LastError">What the last failure said.</param>
internal sealed record SyncStoryDocument(string StoryId, long Acknowledged, int Retries, string? LastError);
