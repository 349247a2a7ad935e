namespace Undercroft.Blobs;

/// <summary>What a verification has found.</summary>
/// <param name="Blobs">How many blobs were looked at.</param>
/// <param name="Chunks">How many chunks were read; one that blobs share counts once.</param>
/// <param name="Bytes">How many bytes those have.</param>
/// <param name="Problems">What is wrong, at most one for each blob and at most
/// <see cref="ProblemsMax"/>; empty means that all is well.</param>
public sealed record BlobVerifyReport(long Blobs, long Chunks, long Bytes, IReadOnlyList<BlobProblem> Problems)
{
    /// <summary>The most problems a report holds: a store with more needs no longer list.</summary>
    public const int ProblemsMax = 1000;
}
