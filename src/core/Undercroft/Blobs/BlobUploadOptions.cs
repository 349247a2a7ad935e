namespace Undercroft.Blobs;

/// <summary>How bytes are taken in.</summary>
public sealed record BlobUploadOptions
{
    internal static BlobUploadOptions Default { get; } = new();

    /// <summary>The SHA-256 the bytes must have, in hexadecimal digits of either case; null takes any bytes.</summary>
    public string? ExpectedSha256 { get; init; }

    /// <summary>Told how many bytes are stored, as the upload goes; those of an earlier try count.</summary>
    public IProgress<long>? Progress { get; init; }
}
