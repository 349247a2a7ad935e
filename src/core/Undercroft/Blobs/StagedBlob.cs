namespace Undercroft.Blobs;

/// <summary>Bytes that are stored and have no name yet. Nobody sees them until a transaction puts them under one, in
/// the same commit as all else it writes.</summary>
/// <remarks>Kept for <see cref="BlobOptions.UploadKept"/>; what was not named by then is collected.</remarks>
/// <param name="Id">The upload they came by.</param>
/// <param name="Length">How many bytes there are.</param>
/// <param name="Sha256">Their SHA-256, in lower-case hexadecimal.</param>
public sealed record StagedBlob(string Id, long Length, string Sha256);
