namespace Undercroft.Stories;

/// <summary>What a library has done since it was made. The storage's own statistics count the operations below it.
/// </summary>
/// <param name="Saves">Stories saved; each call is timed, and documents are stories.</param>
/// <param name="Loads">Loads that read the store.</param>
/// <param name="Deletes">Deletions.</param>
/// <param name="CacheHits">Loads the cache answered.</param>
/// <param name="CacheMisses">Loads it could not answer.</param>
/// <param name="CacheEntries">Stories in the cache.</param>
/// <param name="CacheBytes">About how many bytes they take.</param>
/// <param name="EventsDropped">Events that nobody was told because too many waited.</param>
public sealed record StoryLibraryStatistics(
    OperationStatistics Saves,
    OperationStatistics Loads,
    OperationStatistics Deletes,
    long CacheHits,
    long CacheMisses,
    int CacheEntries,
    long CacheBytes,
    long EventsDropped)
{
    /// <summary>The share of loads the cache answered, from 0 to 1; 0 where there was none.</summary>
    public double CacheHitRate => CacheHits + CacheMisses == 0 ? 0 : (double)CacheHits / (CacheHits + CacheMisses);
}
