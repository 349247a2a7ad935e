namespace Undercroft.Blobs;

/// <summary>What a collection spares, and whom it tells.</summary>
public sealed record BlobCollectOptions
{
    internal static BlobCollectOptions Default { get; } = new();

    /// <summary>Spares what has not been in the store for so long, by its clock. Uploads need no grace; copies and
    /// restores do, for they bring chunks before what refers to them: give more than such a one takes. What is older is
    /// known from earlier collections: with a grace the first one deletes nothing. The default is 1 hour; zero spares
    /// nothing.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Only tells what would be deleted. Lists that would go are counted; what only they refer to is not.
    /// </summary>
    public bool IsDryRun { get; init; }

    /// <summary>How long to wait where the store's feed holds commits back: they may refer to what is to be deleted.
    /// </summary>
    public HeldBackWait HeldBack { get; init; } = HeldBackWait.Default;

    /// <summary>Told how many parts were looked at.</summary>
    public IProgress<long>? Progress { get; init; }
}
