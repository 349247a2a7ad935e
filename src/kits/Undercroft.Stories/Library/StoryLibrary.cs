using Undercroft.Queries;

namespace Undercroft.Stories;

/// <summary>Stories kept in a storage, on whatever backend it is.</summary>
/// <remarks>
/// A story is replaced as a whole: a reader sees it before or after, never between. Ids of passages outlive edits and
/// re-imports. The cache gives the same immutable story to everybody. A change by this process is seen at once, one by
/// another when the feed has told of it, or at once by a load that asks for it
/// (<see cref="StoryLoadOptions.IsFresh"/>). Safe for many threads.
/// </remarks>
public sealed class StoryLibrary : IAsyncDisposable
{
    private readonly LibraryMeter meter;
    private readonly LibraryCatalog catalog;
    private readonly LibraryWork work;
    private volatile bool isDisposed;

    /// <summary>Puts a library into a storage. The storage stays the caller's.</summary>
    /// <param name="storage">The storage, to be disposed after the library.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public StoryLibrary(Storage storage, StoryLibraryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        options ??= new StoryLibraryOptions();
        options.Validate();
        meter = new LibraryMeter(storage.Info.Backend, Events);
        catalog = new LibraryCatalog(storage, (id, error) => Events.Tell(new StorageError("list", id, error)));
        work = new LibraryWork(storage, options, catalog, meter, Events);
    }

    /// <summary>The collection of summaries, for queries of one's own. Write stories through the library only.
    /// </summary>
    public static CollectionDefinition<StorySummary> Summaries => LibraryCollections.Summaries;

    /// <summary>Where handlers of what happens here are added.</summary>
    public StoryEvents Events { get; } = new();

    /// <summary>What this library has done since it was made.</summary>
    public StoryLibraryStatistics Statistics
    {
        get
        {
            var (entries, bytes) = work.CacheSize;
            return new StoryLibraryStatistics(
                meter.Saves.Snapshot(),
                meter.Loads.Snapshot(),
                meter.Deletes.Snapshot(),
                meter.Hits,
                meter.Misses,
                entries,
                bytes,
                Events.Dropped);
        }
    }

    /// <summary>Keeps a story under its own id, in place of what is there.</summary>
    /// <param name="story">The story. Its passages' ids are kept as they are, so each must be there once.</param>
    /// <param name="options">What to expect and to do beside; null overwrites whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait; the story may still be saved, whole.</param>
    /// <returns>The story as it is kept now.</returns>
    /// <exception cref="ArgumentException">The id is none, two passages share one, or a tag is none. Nothing was
    /// written.</exception>
    /// <exception cref="RevisionConflictException">The story is not at the expected revision. Nothing was written.
    /// </exception>
    /// <exception cref="LimitExceededException">A passage is larger than the store can hold. Nothing was written.
    /// </exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async ValueTask<StoredStory> SaveAsync(
        Story story, StorySaveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(story);
        return (await SaveManyAsync([story], options, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Keeps several stories in one change: all of them, or none.</summary>
    /// <param name="stories">The stories, each id once.</param>
    /// <param name="options">What to expect of each and to do beside.</param>
    /// <param name="cancellationToken">Ends the wait; the stories may still be saved, all of them.</param>
    /// <returns>The stories as they are kept now, in the order given.</returns>
    /// <exception cref="ArgumentException">As for <see cref="SaveAsync"/>, or two stories have one id.</exception>
    /// <exception cref="RevisionConflictException">One is not at the expected revision. Nothing was written.
    /// </exception>
    /// <exception cref="LimitExceededException">They are more than one commit can hold (half of
    /// <see cref="StoreLimits.CommitBytesMax"/>, parts of large stories not counted). Nothing was written.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async ValueTask<IReadOnlyList<StoredStory>> SaveManyAsync(
        IReadOnlyList<Story> stories, StorySaveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stories);
        if (stories.Count == 0)
        {
            return [];
        }

        options ??= new StorySaveOptions();
        _ = StoryTags.Check(options.Tags);
        RepeatedIds.Refuse(stories);
        SaveRequest[] requests = [.. stories.Select(story => new SaveRequest(story.Id, options) { Story = story })];
        var saved = await Work.PutAsync("save", requests, cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(saved, static one => one!.Stored);
    }

    /// <summary>Reads a whole story.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="options">How to load it; null means out of the cache where it is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="StoreException">The store failed, or something of the story is missing.</exception>
    public ValueTask<StoredStory?> LoadAsync(
        string id, StoryLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return Work.LoadAsync(id, options is { IsFresh: true }, cancellationToken);
    }

    /// <summary>Reads several stories as they are at one instant, with one read of the store where all are small.
    /// </summary>
    /// <param name="ids">The ids; at most a third of <see cref="StoreLimits.KeysPerReadMax"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A story, or null where there is none, for each id.</returns>
    /// <exception cref="LimitExceededException">There are too many ids.</exception>
    /// <exception cref="StoreException">The store failed, or something of a story is missing.</exception>
    public async ValueTask<IReadOnlyList<StoredStory?>> LoadManyAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Count == 0 ? [] : await Work.LoadManyAsync(ids, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one passage.</summary>
    /// <returns>Null where the story or the passage is not there.</returns>
    public ValueTask<Passage?> LoadPassageAsync(
        string storyId, string passageId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(storyId);
        ArgumentNullException.ThrowIfNull(passageId);
        return Work.LoadPassageAsync(storyId, passageId, cancellationToken);
    }

    /// <summary>Reads a story and those its links lead to, near ones first, into the cache.</summary>
    /// <remarks>A link that no passage of a story answers leads to another story where it names one: by its id, its
    /// title, or the name of the file it came from. At most <see cref="StoryLibraryOptions.PreloadMax"/> stories are
    /// read, each once.</remarks>
    /// <param name="id">The story to begin at.</param>
    /// <param name="depth">How many links to follow; 0 loads the one story.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The stories, the first first; empty where it is not there.</returns>
    public ValueTask<IReadOnlyList<StoredStory>> PreloadAsync(
        string id, int depth = 1, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        return Work.PreloadAsync(id, depth, cancellationToken);
    }

    /// <summary>Reads a passage and those its links lead to, near ones first: at most 1,000, each once.</summary>
    /// <param name="storyId">The story.</param>
    /// <param name="passageId">The passage to begin at.</param>
    /// <param name="depth">How many links to follow; 0 gives the one passage.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The passages, the first first; empty where the story or the passage is not there.</returns>
    public async ValueTask<IReadOnlyList<Passage>> PreloadPassagesAsync(
        string storyId, string passageId, int depth = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(passageId);
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        return await LoadAsync(storyId, null, cancellationToken).ConfigureAwait(false) is { } story
            ? PassageWalk.From(story.Story, passageId, depth)
            : [];
    }

    /// <summary>Reads a file as an import does, and keeps nothing: what it would bring, and what it would lose.
    /// </summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name, for messages.</param>
    /// <param name="format">Its format, one of the names of <see cref="StoryFormats"/>; null has its content tell.
    /// </param>
    /// <exception cref="ArgumentException">The format is unknown.</exception>
    /// <exception cref="StoryFormatException">No story can be read from it.</exception>
    public static StoryReadResult Preview(
        ReadOnlyMemory<byte> file, string? fileName = null, string? format = null)
    {
        var import = StoryImports.Read(file, fileName, format);
        return new StoryReadResult(import.Stories, import.Report);
    }

    /// <summary>Reads a file of any known format, or an export, and keeps its stories; those that are known are
    /// updated.</summary>
    /// <remarks>
    /// A story is known by its id: its IFID, or a hash of its title, or what an export says. Its passages keep their
    /// ids, and the library's tags stay; an export brings its own. A file's story that meets another one under its id
    /// is the same story only if it shares the file's name, its title or half of its passages' names with it; otherwise
    /// it gets an id of its own. Each story is one change; a cancelled import has kept those before.
    /// </remarks>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name, for messages and for <see cref="StorySummary.File"/>.</param>
    /// <param name="cancellationToken">Ends the wait; what was committed stays.</param>
    /// <exception cref="StoryFormatException">No story can be read from it. Nothing was written.</exception>
    /// <exception cref="StoryCutOffException">The file is cut off, and a known story would lose by it. That story is as
    /// it was; those before it in the file are kept.</exception>
    /// <exception cref="StoreException">The store failed, or a passage is larger than it can hold.</exception>
    public ValueTask<StoryImportResult> ImportAsync(
        ReadOnlyMemory<byte> file, string? fileName = null, CancellationToken cancellationToken = default) =>
        ImportAsync(file, fileName, null, cancellationToken);

    /// <summary>Reads a file and keeps its stories, as <see cref="ImportAsync(ReadOnlyMemory{byte}, string?,
    /// CancellationToken)"/> does, with settings.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name, for messages and for <see cref="StorySummary.File"/>.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <param name="cancellationToken">Ends the wait; what was committed stays.</param>
    /// <exception cref="StoryFormatException">No story can be read from it. Nothing was written.</exception>
    /// <exception cref="StoryCutOffException">The file is cut off, and a known story would lose by it. That story is as
    /// it was; those before it in the file are kept.</exception>
    /// <exception cref="StoreException">The store failed, or a passage is larger than it can hold.</exception>
    public ValueTask<StoryImportResult> ImportAsync(
        ReadOnlyMemory<byte> file,
        string? fileName,
        StoryImportOptions? options,
        CancellationToken cancellationToken = default) =>
        Work.ImportAsync(
            StoryImports.Read(file, fileName, options?.Format) with
            {
                CutOffAccepted = options?.CutOffAccepted ?? [],
                Backups = options?.Backups,
            },
            cancellationToken);

    /// <summary>Writes a story with the library's tags as JSON, to be imported here or elsewhere. For other programs
    /// write it in a format of theirs: <see cref="StoryFormats.Write"/>.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>UTF-8 JSON; null where there is no such story.</returns>
    public async ValueTask<byte[]?> ExportAsync(string id, CancellationToken cancellationToken = default) =>
        await Work.LoadAsync(id, isFresh: true, cancellationToken).ConfigureAwait(false) is { } found
            ? StoryExportV1.Write(found)
            : null;

    /// <summary>Says whether there is a story.</summary>
    public async ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken = default) =>
        await Catalog.GetAsync(id, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Reads what the library knows of a story without its text.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The summary, with the library's tags, times and revision; null where there is no such story.</returns>
    public ValueTask<Document<StorySummary>?> GetMetadataAsync(
        string id, CancellationToken cancellationToken = default) => Catalog.GetAsync(id, cancellationToken);

    /// <summary>Changes what is given of a story's metadata, and nothing else.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="patch">What to change.</param>
    /// <param name="cancellationToken">Ends the wait; it may still be changed.</param>
    /// <returns>All metadata as they are now; null where there is no such story.</returns>
    /// <exception cref="ArgumentException">A tag is none. Nothing was written.</exception>
    /// <exception cref="RevisionConflictException">The story is not at the expected revision. Nothing was written.
    /// </exception>
    public ValueTask<Document<StorySummary>?> UpdateMetadataAsync(
        string id, StoryMetadataPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(patch);
        _ = StoryTags.Check(patch.Tags);
        return Work.PatchAsync(id, patch, cancellationToken);
    }

    /// <summary>Deletes a story with all that belongs to it.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="expected">The revision it must still have; null deletes whatever is there.
    /// <see cref="Revision.None"/> is no revision, and refused.</param>
    /// <param name="cancellationToken">Ends the wait; the story may be gone already, whole.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The revision expected is <see cref="Revision.None"/>.</exception>
    /// <exception cref="RevisionConflictException">The story is not at the expected revision. Nothing was deleted.
    /// </exception>
    public ValueTask<bool> DeleteAsync(
        string id, Revision? expected = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return expected != Revision.None
            ? Work.DeleteAsync(id, expected, cancellationToken)
            : throw new ArgumentException(
                $"A deletion of the story {Names.Show(id)} needs the revision it was read at; found none. Read it " +
                "first, or give null to delete it at any.",
                nameof(expected));
    }

    /// <summary>Deletes all stories, some hundred in one change at a time.</summary>
    /// <param name="cancellationToken">Ends the work; what is deleted stays deleted.</param>
    /// <returns>How many there were. One that is saved meanwhile may stay.</returns>
    public ValueTask<long> ClearAsync(CancellationToken cancellationToken = default) =>
        Work.ClearAsync(cancellationToken);

    /// <summary>Lists stories, lazily. It is no snapshot: what is saved or deleted meanwhile may or may not be seen.
    /// One that cannot be read is passed over, and told as a <see cref="StorageError"/>; offset and limit count it.
    /// </summary>
    /// <param name="filter">Which, in what order, from where and how many; null means all by title.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative, or the limit not positive.</exception>
    public IAsyncEnumerable<Document<StorySummary>> ListAsync(
        StoryFilter? filter = null, CancellationToken cancellationToken = default)
    {
        LibraryCatalog.Check(filter ??= new StoryFilter());
        return Catalog.ListAsync(filter, cancellationToken);
    }

    /// <summary>Reads one page of a list. However deep, it costs what the first one does where an index gives the
    /// order.</summary>
    /// <param name="filter">Which, in what order and how many; its offset is not used. Null means all by title.</param>
    /// <param name="cursor">The <see cref="Page{T}.Next"/> of the page before; null means the first page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The cursor is none, or of another list; or the limit is not positive.
    /// </exception>
    public ValueTask<Page<StorySummary>> PageAsync(
        StoryFilter? filter = null, string? cursor = null, CancellationToken cancellationToken = default)
    {
        LibraryCatalog.Check(filter ??= new StoryFilter());
        return Catalog.PageAsync(filter, cursor, cancellationToken);
    }

    /// <summary>Counts the stories that a list without limit and offset would have.</summary>
    public ValueTask<long> CountAsync(StoryFilter? filter = null, CancellationToken cancellationToken = default) =>
        Catalog.CountAsync(filter ?? new StoryFilter(), cancellationToken);

    /// <summary>Finds stories by what a person may call them: an id, an IFID, a title or its beginning.</summary>
    /// <param name="name">The id, IFID or title, whatever its case; not empty.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The story with that id or IFID; or else those of that title; or else, at most a hundred, those whose
    /// title begins so.</returns>
    public ValueTask<IReadOnlyList<Document<StorySummary>>> FindAsync(
        string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Catalog.FindAsync(name, cancellationToken);
    }

    /// <summary>Finds a text in all stories: titles, tags, names and bodies, whatever its case, lazily. A story that
    /// cannot be read is passed over, and told as a <see cref="StorageError"/>.</summary>
    /// <param name="text">What to find; not empty.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public IAsyncEnumerable<StoryHit> SearchAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return Work.SearchAsync(text, cancellationToken);
    }

    /// <summary>Counts a story.</summary>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<StoryStatistics?> StatisticsAsync(
        string id, CancellationToken cancellationToken = default) =>
        await LoadAsync(id, null, cancellationToken).ConfigureAwait(false) is { } stored
            ? StoryStatistics.Of(stored.Story)
            : null;

    /// <summary>Adds up what all stories take. Of one story it is <see cref="StorySummary.Bytes"/>.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StoryUsage> UsageAsync(CancellationToken cancellationToken = default) =>
        Catalog.UsageAsync(cancellationToken);

    private LibraryWork Work
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return work;
        }
    }

    private LibraryCatalog Catalog
    {
        get
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return catalog;
        }
    }

    /// <summary>Ends following the feed and empties the cache. The storage stays open, and every further
    /// call but this one throws <see cref="ObjectDisposedException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        isDisposed = true;
        await work.DisposeAsync().ConfigureAwait(false);
        meter.Dispose();
    }
}
