namespace Undercroft.Blobs;

/// <summary>What is wrong with a blob.</summary>
/// <param name="Name">The blob.</param>
/// <param name="Message">What was found and expected, and what to do.</param>
public sealed record BlobProblem(string Name, string Message);
