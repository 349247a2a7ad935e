namespace Undercroft;

/// <summary>Something failed that nobody waits for.</summary>
/// <param name="Doing">What was being done.</param>
/// <param name="Error">How it failed.</param>
public sealed record FailedEvent(string Doing, Exception Error);
