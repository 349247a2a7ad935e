namespace Undercroft.Backends;

/// <summary>A stretch of a store's history, from the first commit of one opening to the first of the next.</summary>
/// <param name="Salt">A random number, different for each opening.</param>
/// <param name="Start">The latest revision before the stretch.</param>
public readonly record struct FeedSegment(long Salt, long Start);
