namespace Undercroft;

/// <summary>A write that waits for the end of its transaction.</summary>
/// <param name="Draft">What to write; null deletes.</param>
/// <param name="Record">The record as the transaction sees it; null where it is deleted.</param>
/// <param name="BornAt">When it was created, if the transaction has deleted the one that was there before; otherwise
/// null.</param>
internal sealed record BufferedWrite(DocumentDraft? Draft, StoreRecord? Record, DateTimeOffset? BornAt = null);
