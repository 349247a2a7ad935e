namespace Undercroft.Jobs;

/// <summary>How often jobs of one name may begin, in a queue, by the store's clock. It holds in every period, wherever
/// that begins, and however long nobody worked before.</summary>
/// <param name="Key">The limiter's name in its queue: what shares it shares the tokens.</param>
/// <param name="Permits">How many may begin in a period, all at once too.</param>
/// <param name="Period">The period.</param>
public sealed record RateLimit(string Key, int Permits, TimeSpan Period);
