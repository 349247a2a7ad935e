using System.Runtime.CompilerServices;

namespace Undercroft.Stories;

/// <summary>Does what a library is asked for: in turn for each story, counted and timed, told when done.</summary>
internal sealed class LibraryWork : IAsyncDisposable
{
    private readonly KeyedTurns turns = new();
    private readonly LibraryMeter meter;
    private readonly StoryEvents events;
    private readonly LibraryReader reader;
    private readonly LibraryWriter writer;
    private readonly LibraryRemoval removal;
    private readonly LibraryCatalog catalog;
    private readonly CachedStories stories;
    private readonly int preloadMax;

    public LibraryWork(
        Storage storage, StoryLibraryOptions options, LibraryCatalog catalog, LibraryMeter meter, StoryEvents events)
    {
        this.catalog = catalog;
        this.meter = meter;
        this.events = events;
        preloadMax = options.PreloadMax;
        reader = new LibraryReader(storage);
        writer = new LibraryWriter(storage, reader);
        removal = new LibraryRemoval(storage, writer);
        stories = new CachedStories(storage, reader, options, error => Tell(new StorageError("follow", null, error)));
    }

    public (int Entries, long Bytes) CacheSize => stories.Size;

    public ValueTask<SaveOutcome?[]> PutAsync(
        string operation, IReadOnlyList<SaveRequest> requests, CancellationToken cancellationToken)
    {
        return meter.RunAsync(operation, requests.Count == 1 ? requests[0].Id : null, meter.Saves, Run, Count);

        async ValueTask<SaveOutcome?[]> Run()
        {
            string[] ids = [.. requests.Select(static request => request.Id)];
            using var turn = await turns.TakeAsync(ids, cancellationToken).ConfigureAwait(false);
            var saved = await writer.PutAsync(requests, cancellationToken).ConfigureAwait(false);
            foreach (var one in saved.OfType<SaveOutcome>())
            {
                stories.Keep(one);
                var (id, revision) = (one.Stored.Story.Id, one.Stored.Revision);
                events.Add(new StorySaved(id, revision, one.IsNew));
                events.Add(one.IsNew ? new StoryCreated(id, revision) : new StoryUpdated(id, revision));
            }

            return saved;
        }

        static int Count(SaveOutcome?[] saved) => saved.Count(static one => one is not null);
    }

    public ValueTask<StoredStory?> LoadAsync(string id, bool isFresh, CancellationToken cancellationToken)
    {
        if (stories.Find(id) is not { } cached)
        {
            return LoadFromStoreAsync(id, cancellationToken);
        }

        return isFresh ? LoadFreshAsync(cached, cancellationToken) : new ValueTask<StoredStory?>(Hit(cached));
    }

    public ValueTask<StoredStory?[]> LoadManyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        return meter.RunAsync("load", ids.Count == 1 ? ids[0] : null, meter.Loads, Run, Count);

        async ValueTask<StoredStory?[]> Run()
        {
            var found = await stories.LoadManyAsync(ids, cancellationToken).ConfigureAwait(false);
            if (events.IsHeard)
            {
                foreach (var story in found.OfType<StoredStory>())
                {
                    events.Add(new StoryLoaded(story.Story.Id, story.Revision, FromCache: false));
                }
            }

            return found;
        }

        static int Count(StoredStory?[] found) => found.Count(static story => story is not null);
    }

    public ValueTask<Passage?> LoadPassageAsync(
        string storyId, string passageId, CancellationToken cancellationToken) =>
        stories.Find(storyId) is { } cached
            ? new(cached.Story.Passages.FirstOrDefault(passage => passage.Id == passageId))
            : reader.LoadPassageAsync(storyId, passageId, cancellationToken);

    public async ValueTask<IReadOnlyList<StoredStory>> PreloadAsync(
        string id, int depth, CancellationToken cancellationToken)
    {
        var loaded = new List<StoredStory>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { id };
        IReadOnlyList<string> next = [id];
        for (var step = 0; next.Count > 0; step++)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var one in next)
            {
                if (await LoadAsync(one, isFresh: false, cancellationToken).ConfigureAwait(false) is { } story)
                {
                    loaded.Add(story);
                    names.UnionWith(step < depth ? StoryReferences.Find(story.Story) : []);
                }
            }

            var linked = await catalog.ResolveAsync([.. names], cancellationToken).ConfigureAwait(false);
            next = [.. linked.Where(seen.Add).Take(preloadMax - loaded.Count)];
        }

        return loaded;
    }

    public async ValueTask<StoryImportResult> ImportAsync(StoryImports import, CancellationToken cancellationToken)
    {
        var kept = new List<StoryImport>(import.Stories.Count);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var story in import.Stories)
        {
            foreach (var request in import.Attempts(story, taken))
            {
                var backup = await BackUpAsync(import, request, cancellationToken).ConfigureAwait(false);
                var saved = await PutAsync("import", [request], cancellationToken).ConfigureAwait(false);
                if (saved[0] is { } one)
                {
                    _ = taken.Add(request.Id);
                    kept.Add(new StoryImport(one.Summary, one.IsNew, one.PassagesChanged, one.PassagesRemoved)
                    {
                        Backup = backup,
                    });
                    break;
                }
            }
        }

        return new StoryImportResult(kept, import.Report);
    }

    // What others save in between is theirs; the backup is of what was there when the import came by.
    private async ValueTask<StoryBackup?> BackUpAsync(
        StoryImports import, SaveRequest request, CancellationToken cancellationToken) =>
        import.Backups is { } backups
        && await reader.LoadAsync(request.Id, cancellationToken).ConfigureAwait(false) is { } known
        && request.Decide!(known) is { } update
        && (import.CutOffAccepted.Contains(request.Id) || StoryImports.TakesAway(known.Stored.Story, update))
            ? await backups.CreateOfAsync(known.Stored, cancellationToken).ConfigureAwait(false)
            : null;

    public ValueTask<Document<StorySummary>?> PatchAsync(
        string id, StoryMetadataPatch patch, CancellationToken cancellationToken)
    {
        return meter.RunAsync("update-metadata", id, null, Run, static _ => 0);

        async ValueTask<Document<StorySummary>?> Run()
        {
            using var turn = await turns.TakeAsync([id], cancellationToken).ConfigureAwait(false);
            if (!await writer.PatchAsync(id, patch, cancellationToken).ConfigureAwait(false)
                || await catalog.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } updated)
            {
                return null;
            }

            events.Add(new MetadataUpdated(id, updated));
            return updated;
        }
    }

    public ValueTask<bool> DeleteAsync(string id, Revision? expected, CancellationToken cancellationToken)
    {
        return meter.RunAsync("delete", id, meter.Deletes, Run, static gone => gone ? 1 : 0);

        async ValueTask<bool> Run()
        {
            using var turn = await turns.TakeAsync([id], cancellationToken).ConfigureAwait(false);
            var gone = await removal.DeleteAsync([id], expected, cancellationToken).ConfigureAwait(false);
            if (gone.Count > 0)
            {
                events.Add(new StoryDeleted(id));
            }

            return gone.Count > 0;
        }
    }

    public ValueTask<long> ClearAsync(CancellationToken cancellationToken)
    {
        return meter.RunAsync("clear", null, null, Run, static _ => 0);

        async ValueTask<long> Run()
        {
            var cleared = await removal.ClearAsync(cancellationToken).ConfigureAwait(false);
            events.Add(new StorageCleared(cleared));
            return cleared;
        }
    }

    public async IAsyncEnumerable<StoryHit> SearchAsync(
        string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var summary in catalog.ListAsync(new StoryFilter(), cancellationToken).ConfigureAwait(false))
        {
            // A search goes through all stories: it would push out of the cache what others use.
            var found = stories.Find(summary.Id)
                ?? await LoadToSearchAsync(summary.Id, cancellationToken).ConfigureAwait(false);
            foreach (var hit in found is null ? [] : StorySearch.Find(found.Story, text))
            {
                yield return new StoryHit(summary.Value, hit);
            }
        }
    }

    public ValueTask DisposeAsync() => stories.DisposeAsync();

    // One story that is spoiled does not hide what is in the others.
    private async ValueTask<StoredStory?> LoadToSearchAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await reader.LoadAsync(id, cancellationToken).ConfigureAwait(false))?.Stored;
        }
        catch (StoreException error) when (error.Kind is StoreErrorKind.Malformed or StoreErrorKind.Corrupt)
        {
            Tell(new StorageError("search", id, error));
            return null;
        }
    }

    private StoredStory Hit(StoredStory cached)
    {
        meter.Hit();
        if (events.IsHeard)
        {
            Tell(new StoryLoaded(cached.Story.Id, cached.Revision, FromCache: true));
        }

        return cached;
    }

    private async ValueTask<StoredStory?> LoadFreshAsync(StoredStory cached, CancellationToken cancellationToken) =>
        await stories.IsNewestAsync(cached, cancellationToken).ConfigureAwait(false)
            ? Hit(cached)
            : await LoadFromStoreAsync(cached.Story.Id, cancellationToken).ConfigureAwait(false);

    private async ValueTask<StoredStory?> LoadFromStoreAsync(string id, CancellationToken cancellationToken)
    {
        meter.Miss();
        return (await LoadManyAsync([id], cancellationToken).ConfigureAwait(false))[0];
    }

    private void Tell(StoryEvent happened) => events.Tell(happened);
}
