namespace Undercroft.Stories;

/// <summary>Loads stories, out of the cache where it has them.</summary>
internal sealed class CachedStories : IAsyncDisposable
{
    // What a passage takes beside its text, and a character of it.
    private const int PassageBytes = 300;
    private const int CharacterBytes = 2;

    private readonly Storage storage;
    private readonly LibraryReader reader;
    private readonly StoryCache cache;
    private readonly StoryFollower follower;

    public CachedStories(Storage storage, LibraryReader reader, StoryLibraryOptions options, Action<Exception> failed)
    {
        this.storage = storage;
        this.reader = reader;
        cache = new StoryCache(options.CacheEntriesMax, options.CacheBytesMax);
        follower = new StoryFollower(storage, cache, options.Clock, failed);
    }

    public (int Entries, long Bytes) Size => cache.Size;

    public StoredStory? Find(string id) => cache.Find(id);

    /// <summary>Says whether a story found in the cache is still the newest.</summary>
    public async ValueTask<bool> IsNewestAsync(StoredStory found, CancellationToken cancellationToken)
    {
        var options = new ReadOptions { Detail = RecordDetail.Keys };
        var read = await storage.Store
            .ReadAsync(LibraryCollections.KeyOf(found.Story.Id), options, cancellationToken).ConfigureAwait(false);
        return read[0]?.Revision == found.Revision;
    }

    public async ValueTask<StoredStory?> LoadAsync(string id, CancellationToken cancellationToken) =>
        (await LoadManyAsync([id], cancellationToken).ConfigureAwait(false))[0];

    public async ValueTask<StoredStory?[]> LoadManyAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (!cache.IsOn)
        {
            var read = await reader.LoadManyAsync(ids, cancellationToken).ConfigureAwait(false);
            return Array.ConvertAll(read, static known => known?.Stored);
        }

        follower.Start();
        StoryCache.Fill[] fills = [.. ids.Select(cache.Begin)];
        var found = new KnownStory?[fills.Length];
        try
        {
            found = await reader.LoadManyAsync(ids, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            for (var i = 0; i < fills.Length; i++)
            {
                cache.End(fills[i], found[i]?.Stored, SizeOf(found[i]?.Summary, found[i]?.Stored));
            }
        }

        return Array.ConvertAll(found, static known => known?.Stored);
    }

    /// <summary>Keeps what was just saved.</summary>
    public void Keep(SaveOutcome saved)
    {
        if (cache.IsOn)
        {
            follower.Start();
            cache.End(cache.Begin(saved.Stored.Story.Id), saved.Stored, SizeOf(saved.Summary, saved.Stored));
        }
    }

    public ValueTask DisposeAsync() => follower.DisposeAsync();

    private static long SizeOf(StorySummary? summary, StoredStory? stored) => summary is null || stored is null
        ? 0
        : (summary.Bytes * CharacterBytes) + ((stored.Story.Passages.Count + 1L) * PassageBytes);
}
