namespace Undercroft;

/// <summary>A write that waits for the end of its transaction.</summary>
/// <param name="Draft">What to write; null deletes.</param>
/// <param name="Record">The record as the transaction sees it; null where it is deleted.</param>
internal sealed record BufferedWrite(DocumentDraft? Draft, StoreRecord? Record);
