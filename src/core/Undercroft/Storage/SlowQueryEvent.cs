namespace Undercroft;

/// <summary>A query took long.</summary>
/// <param name="Collection">The collection asked.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Plan">How it was done, as <c>Explain</c> tells it.</param>
public sealed record SlowQueryEvent(string Collection, TimeSpan Duration, string Plan);
