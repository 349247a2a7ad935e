namespace Undercroft.Jobs;

/// <summary>How far a batch has got.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Total">How many jobs were enqueued in it.</param>
/// <param name="Pending">How many have not ended.</param>
/// <param name="Succeeded">How many ended well.</param>
/// <param name="Dead">How many are dead.</param>
/// <param name="Cancelled">How many were cancelled.</param>
public sealed record BatchInfo(
    string Batch, long Total, long Pending, long Succeeded, long Dead, long Cancelled);
