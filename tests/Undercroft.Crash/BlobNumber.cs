namespace Undercroft.Crash;

/// <summary>The document that names the blob.</summary>
/// <param name="Number">Which bytes it has.</param>
public sealed record BlobNumber(long Number);
