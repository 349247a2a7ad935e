namespace Undercroft.Jobs;

/// <summary>A step of a job that need not be done again.</summary>
/// <param name="Name">The step.</param>
/// <param name="Output">What it came to.</param>
public sealed record JobStep(string Name, ReadOnlyMemory<byte> Output);
