namespace Undercroft.Blobs;

/// <summary>What a collection has done.</summary>
/// <param name="Examined">How many chunks and lists of chunks there were.</param>
/// <param name="Deleted">How many of them nothing referred to, and were deleted.</param>
/// <param name="DeletedBytes">How many bytes those had.</param>
/// <param name="Spared">How many nothing referred to, and were spared: for the grace, or because the store was too busy
/// to be sure of them. A later collection deletes them.</param>
public sealed record BlobCollectReport(long Examined, long Deleted, long DeletedBytes, long Spared);
