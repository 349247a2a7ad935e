namespace Undercroft.Stories;

/// <summary>Puts stories together from their documents.</summary>
internal sealed class LibraryReader(Storage storage)
{
    private const int AttemptsMax = 8;
    private const int ReadMax = 1000;

    private readonly IRepository<StoryContents> contents = storage.Repository(LibraryCollections.Contents);
    private readonly IRepository<StoryPage> pages = storage.Repository(LibraryCollections.Pages);
    private readonly IRepository<PassageDocument> passages = storage.Repository(LibraryCollections.Passages);

    /// <summary>Reads a story, again where somebody saved it in between.</summary>
    public async ValueTask<KnownStory?> LoadAsync(string id, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            if (await contents.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } head)
            {
                return null;
            }

            var page = head.Value.HasPage ? await pages.GetAsync(id, cancellationToken).ConfigureAwait(false) : null;
            var found = await ReadPassagesAsync(id, head.Value.Passages, cancellationToken).ConfigureAwait(false);
            var after = await contents.GetAsync(id, cancellationToken).ConfigureAwait(false);
            if (after?.Revision != head.Revision)
            {
                continue;
            }

            if (found.Contains(null) || (head.Value.HasPage && page is null))
            {
                throw new StoreException(
                    StoreErrorKind.Corrupt,
                    $"Cannot read the story {Names.Show(id)}: {found.Count(passage => passage is null)} of its "
                    + $"{found.Count} passages, or its page, are missing. Restore a backup, or import it again.");
            }

            return new KnownStory(Assemble(head.Value, found!, page?.Value), head.Value, head.Revision);
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"Cannot read the story {Names.Show(id)}: it was saved by others during {AttemptsMax} attempts. Try again.")
        {
            IsTransient = true,
        };
    }

    public async ValueTask<Passage?> LoadPassageAsync(
        string storyId, string passageId, CancellationToken cancellationToken)
    {
        var head = await contents.GetAsync(storyId, cancellationToken).ConfigureAwait(false);
        var place = head?.Value.Passages.FirstOrDefault(passage => passage.Id == passageId);
        if (place is null)
        {
            return null;
        }

        var document = LibraryCollections.DocumentId(storyId, place);
        return (await passages.GetAsync(document, cancellationToken).ConfigureAwait(false))?.Value.Passage;
    }

    private async ValueTask<List<Passage?>> ReadPassagesAsync(
        string id, IReadOnlyList<PassageRef> places, CancellationToken cancellationToken)
    {
        var found = new List<Passage?>(places.Count);
        foreach (var chunk in places.Chunk(ReadMax))
        {
            string[] documents = [.. chunk.Select(place => LibraryCollections.DocumentId(id, place))];
            var read = await passages.GetManyAsync(documents, cancellationToken).ConfigureAwait(false);
            found.AddRange(read.Select(document => document?.Value.Passage));
        }

        return found;
    }

    private static Story Assemble(StoryContents head, IReadOnlyList<Passage> passages, StoryPage? page)
    {
        var story = head.Story with { Passages = passages };
        return page is null || story.Origin is null
            ? story
            : story with { Origin = story.Origin with { Before = page.Before, After = page.After } };
    }
}
