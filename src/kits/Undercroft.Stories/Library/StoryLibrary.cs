using System.Runtime.CompilerServices;
using Undercroft.Queries;

namespace Undercroft.Stories;

/// <summary>Stories kept in a storage, on whatever backend it is.</summary>
/// <remarks>
/// A story is one small summary, its contents, the page it was published in, and one document per passage, so that
/// passages can be read alone and a re-import writes only what changed. A story is replaced as a whole: a reader sees
/// it before or after, never between. Ids of passages outlive edits and re-imports. Safe for many threads.
/// </remarks>
public sealed class StoryLibrary : IAsyncDisposable
{
    private const int PageSize = 100;
    private readonly Storage storage;
    private readonly LibraryReader load;
    private readonly LibraryWriter save;

    /// <summary>Puts a library into a storage. The storage stays the caller's.</summary>
    /// <param name="storage">The storage, to be disposed after the library.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    public StoryLibrary(Storage storage, StoryLibraryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        Options = options ?? new StoryLibraryOptions();
        this.storage = storage;
        load = new LibraryReader(storage);
        save = new LibraryWriter(storage, load);
    }

    internal StoryLibraryOptions Options { get; }

    /// <summary>The collection of summaries, for queries of one's own. Write stories through the library only.</summary>
    public static CollectionDefinition<StorySummary> Summaries => LibraryCollections.Summaries;

    /// <summary>Reads a file of any known format and keeps its stories; those that are known are updated.</summary>
    /// <remarks>
    /// A story is known by its IFID, or by its name where it has none, if it also shares its file's name, its title or
    /// half of its passages' names with the one in the library; otherwise it gets an id of its own. Each story is one
    /// change; a cancelled import has kept those before.
    /// </remarks>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="fileName">The file's name, for messages and for <see cref="StorySummary.File"/>.</param>
    /// <param name="cancellationToken">Ends the wait; what was committed stays.</param>
    /// <exception cref="StoryFormatException">No story can be read from it. Nothing was written.</exception>
    /// <exception cref="StoreException">The store failed, or a passage is larger than it can hold.</exception>
    public async ValueTask<StoryImportResult> ImportAsync(
        ReadOnlyMemory<byte> file, string? fileName = null, CancellationToken cancellationToken = default)
    {
        var read = StoryFormats.Read(file, fileName);
        var imports = new List<StoryImport>(read.Stories.Count);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var story in read.Stories)
        {
            var import = await save.ImportAsync(story, taken, cancellationToken).ConfigureAwait(false);
            _ = taken.Add(import.Summary.Id);
            imports.Add(import);
        }

        return new StoryImportResult(imports, read.Report);
    }

    /// <summary>Keeps a story under its own id, in place of what is there.</summary>
    /// <param name="story">The story. Its passages' ids are kept as they are, so each must be there once.</param>
    /// <param name="options">What to expect and to do beside; null overwrites whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait; the story may still be saved, whole.</param>
    /// <returns>The story as it is kept now.</returns>
    /// <exception cref="ArgumentException">Two passages share an id. Nothing was written.</exception>
    /// <exception cref="RevisionConflictException">The story is not at the expected revision. Nothing was written.
    /// </exception>
    /// <exception cref="StoreException">The store failed, or a passage is larger than it can hold.</exception>
    public async ValueTask<StoredStory> SaveAsync(
        Story story, StorySaveOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(story);
        var repeated = story.Passages.GroupBy(passage => passage.Id).FirstOrDefault(group => group.Skip(1).Any());
        if (repeated is not null)
        {
            throw new ArgumentException(
                $"Cannot save {Names.Show(story.Id)}: two passages have the id {Names.Show(repeated.Key)}. Give each "
                + "its own, or read the story with StoryIdentity.KeepIds.",
                nameof(story));
        }

        await save.SaveAsync(story, options ?? new StorySaveOptions(), cancellationToken).ConfigureAwait(false);
        return await LoadAsync(story.Id, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException(
                StoreErrorKind.Conflict, $"The story {Names.Show(story.Id)} was saved and then deleted by others.");
    }

    /// <summary>Reads a whole story.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<StoredStory?> LoadAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await load.LoadAsync(id, cancellationToken).ConfigureAwait(false) is not { } known)
        {
            return null;
        }

        var summary = await storage.Repository(Summaries).GetAsync(id, cancellationToken).ConfigureAwait(false);
        return summary is null
            ? null
            : new StoredStory(known.Story, known.Revision, summary.Tags, summary.CreatedAt, summary.UpdatedAt);
    }

    /// <summary>Reads one passage.</summary>
    /// <returns>Null where the story or the passage is not there.</returns>
    public ValueTask<Passage?> LoadPassageAsync(
        string storyId, string passageId, CancellationToken cancellationToken = default) =>
        load.LoadPassageAsync(storyId, passageId, cancellationToken);

    /// <summary>Lists the stories by title, whatever its case, lazily. It is no snapshot: what is saved or deleted
    /// meanwhile may or may not be seen.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    public IAsyncEnumerable<Document<StorySummary>> ListAsync(CancellationToken cancellationToken = default) =>
        storage.Repository(Summaries).Query().OrderBy(summary => summary.NameKey).StreamAsync(cancellationToken);

    /// <summary>Finds stories by what a person may call them: an id, an IFID, a title or its beginning.</summary>
    /// <param name="name">The id, IFID or title, whatever its case; not empty.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The story with that id or IFID; or else those of that title; or else, at most a hundred, those whose
    /// title begins so.</returns>
    public async ValueTask<IReadOnlyList<Document<StorySummary>>> FindAsync(
        string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var summaries = storage.Repository(Summaries);
        foreach (var id in new[] { name, name.ToUpperInvariant() }.Where(IsUsableId))
        {
            if (await summaries.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } known)
            {
                return [known];
            }
        }

        var page = await summaries.Query()
            .Where(Filter.StartsWith("nameKey", LibraryCollections.NameKeyOf(name)))
            .OrderBy(summary => summary.NameKey)
            .Take(PageSize)
            .ToPageAsync(cancellationToken).ConfigureAwait(false);
        var titled = page.Items
            .Where(summary => string.Equals(summary.Value.Name, name, StringComparison.OrdinalIgnoreCase)).ToArray();
        return titled.Length > 0 ? titled : page.Items;
    }

    /// <summary>Deletes a story with all that belongs to it.</summary>
    /// <param name="id">The story's id.</param>
    /// <param name="cancellationToken">Ends the wait; the story may be gone already, whole.</param>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        save.DeleteAsync(id, cancellationToken);

    /// <summary>Finds a text in all stories: titles, tags, names and bodies, whatever its case, lazily.</summary>
    /// <param name="text">What to find; not empty.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public IAsyncEnumerable<StoryHit> SearchAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return SearchEachAsync(text, cancellationToken);
    }

    /// <summary>Counts a story.</summary>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<StoryStatistics?> StatisticsAsync(
        string id, CancellationToken cancellationToken = default) =>
        await LoadAsync(id, cancellationToken).ConfigureAwait(false) is { } stored
            ? StoryStatistics.Of(stored.Story)
            : null;

    /// <summary>Ends what the library does in the background. The storage stays open.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<StoryHit> SearchEachAsync(
        string text, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var summary in ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await LoadAsync(summary.Id, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                continue;
            }

            foreach (var hit in StorySearch.Find(stored.Story, text))
            {
                yield return new StoryHit(summary.Value, hit);
            }
        }
    }

    private static bool IsUsableId(string id) =>
        id.Length * 3 <= RecordKey.IdBytesMax && !id.Contains('\0', StringComparison.Ordinal);
}
