namespace Undercroft.Blobs;

/// <summary>What a blob is written with beside its bytes.</summary>
public sealed record BlobWriteOptions
{
    internal static BlobWriteOptions Default { get; } = new();

    /// <summary>What the bytes are, such as <c>image/png</c>, at most 255 characters; null means that nobody says.
    /// </summary>
    public string? ContentType { get; init; }

    /// <summary>The tags to have; null keeps those there are, empty removes all.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>How long the blob lives from the put on; <see cref="Timeout.InfiniteTimeSpan"/> means for ever, and
    /// takes away an expiry there is; null keeps it. It must be positive, and end before the year 10000.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The revision the name must be at: <see cref="Revision.None"/> asks that there is no such blob; null
    /// replaces whatever there is.</summary>
    public Revision? Expected { get; init; }

    internal WriteOptions ToWriteOptions() => new() { Tags = Tags, TimeToLive = TimeToLive };
}
