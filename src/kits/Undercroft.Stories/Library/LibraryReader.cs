namespace Undercroft.Stories;

/// <summary>Puts stories together from their documents.</summary>
internal sealed class LibraryReader(Storage storage)
{
    private const int AttemptsMax = 8;
    private const int ReadMax = 1000;
    private const int KeysEach = 3;

    private readonly IRepository<PassageDocument> passages = storage.Repository(LibraryCollections.Passages);

    public async ValueTask<KnownStory?> LoadAsync(string id, CancellationToken cancellationToken) =>
        (await LoadManyAsync([id], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Reads stories as they are at one instant: all out of one snapshot; where one is kept in parts, again if
    /// anybody saved one of them meanwhile.</summary>
    public async ValueTask<KnownStory?[]> LoadManyAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var keys = KeysOf(ids);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var read = await storage.Store.ReadAsync(keys, default, cancellationToken).ConfigureAwait(false);
            var stories = new KnownStory?[ids.Count];
            var hasParts = false;
            for (var i = 0; i < stories.Length; i++)
            {
                stories[i] = read[i * KeysEach] is null ? null : Decode(ids[i], read, i * KeysEach);
                hasParts |= stories[i]?.Contents.Parts is not null;
            }

            if (!hasParts || await FillAsync(ids, stories, cancellationToken).ConfigureAwait(false))
            {
                return stories;
            }
        }

        throw new StoreException(
            StoreErrorKind.Conflict,
            $"Cannot read the story {Names.Show(ids[0])}{(ids.Count > 1 ? $" and {ids.Count - 1} more" : "")}: others "
            + $"saved it during {AttemptsMax} attempts. Try again.")
        {
            IsTransient = true,
        };
    }

    /// <summary>Reads one passage, and of a story that is kept in parts nothing else.</summary>
    public async ValueTask<Passage?> LoadPassageAsync(
        string storyId, string passageId, CancellationToken cancellationToken)
    {
        var read = await storage.Store
            .ReadAsync(new RecordKey(LibraryCollections.Contents.Name, storyId), default, cancellationToken)
            .ConfigureAwait(false);
        if (read[0] is not { } record)
        {
            return null;
        }

        var contents = LibraryCollections.Contents.Codec.Decode(record.Key, record.Value);
        if (contents.Parts is not { } parts)
        {
            return contents.Story.Passages.FirstOrDefault(passage => passage.Id == passageId);
        }

        return parts.FirstOrDefault(part => part.Id == passageId) is { } place
            ? (await ReadPartsAsync(storyId, [place], cancellationToken).ConfigureAwait(false))[0]
            : null;
    }

    private static RecordKey[] KeysOf(IReadOnlyList<string> ids)
    {
        var keys = new RecordKey[ids.Count * KeysEach];
        for (var i = 0; i < ids.Count; i++)
        {
            keys[i * KeysEach] = LibraryCollections.KeyOf(ids[i]);
            keys[(i * KeysEach) + 1] = new RecordKey(LibraryCollections.Contents.Name, ids[i]);
            keys[(i * KeysEach) + 2] = new RecordKey(LibraryCollections.Pages.Name, ids[i]);
        }

        return keys;
    }

    // Reads what is kept in parts; false where a story has changed since the heads were read.
    private async ValueTask<bool> FillAsync(
        IReadOnlyList<string> ids, KnownStory?[] stories, CancellationToken cancellationToken)
    {
        var found = new List<Passage?>?[stories.Length];
        for (var i = 0; i < stories.Length; i++)
        {
            found[i] = stories[i]?.Contents.Parts is { } parts
                ? await ReadPartsAsync(ids[i], parts, cancellationToken).ConfigureAwait(false)
                : null;
        }

        RecordKey[] heads = [.. ids.Select(LibraryCollections.KeyOf)];
        var after = await storage.Store
            .ReadAsync(heads, new ReadOptions { Detail = RecordDetail.Keys }, cancellationToken)
            .ConfigureAwait(false);
        for (var i = 0; i < stories.Length; i++)
        {
            if (after[i]?.Revision != stories[i]?.Stored.Revision)
            {
                return false;
            }
        }

        for (var i = 0; i < stories.Length; i++)
        {
            stories[i] = found[i] is { } passages ? WithPassages(stories[i]!, passages) : stories[i];
        }

        return true;
    }

    private static KnownStory Decode(string id, ReadResult read, int at)
    {
        var record = read[at]!;
        var summary = StoryHead.ReadSummary(record.Value.Span)
            ?? LibraryCollections.Summaries.Codec.Decode(record.Key, record.Value);
        if (read[at + 1] is not { } body)
        {
            throw Missing(id, "contents");
        }

        var contents = LibraryCollections.Contents.Codec.Decode(body.Key, body.Value);
        if (summary.Page is not null)
        {
            var page = read[at + 2] is { } found
                ? LibraryCollections.Pages.Codec.Decode(found.Key, found.Value)
                : throw Missing(id, "page");
            contents = contents with { Story = WithPage(contents.Story, page) };
        }

        var stored = new StoredStory(
            contents.Story, record.Revision, record.Meta.Tags, record.CreatedAt, record.UpdatedAt);
        return new KnownStory(stored, summary, contents);
    }

    private async ValueTask<List<Passage?>> ReadPartsAsync(
        string id, IReadOnlyList<PassageRef> parts, CancellationToken cancellationToken)
    {
        var found = new List<Passage?>(parts.Count);
        foreach (var chunk in parts.Chunk(ReadMax))
        {
            string[] documents = [.. chunk.Select(part => LibraryCollections.PartId(id, part.Document))];
            var read = await passages.GetManyAsync(documents, cancellationToken).ConfigureAwait(false);
            found.AddRange(read.Select(document => document?.Value.Passage));
        }

        return found;
    }

    private static KnownStory WithPassages(KnownStory known, List<Passage?> passages) => passages.Contains(null)
        ? throw Missing(known.Summary.Id, $"{passages.Count(static one => one is null)} of {passages.Count} passages")
        : known with
        {
            Stored = known.Stored with
            {
                Story = Frozen.Of(known.Stored.Story with { Passages = passages! }),
            },
        };

    private static Story WithPage(Story story, StoryPage page) => story.Origin is null
        ? story
        : story with { Origin = story.Origin with { Before = page.Before, After = page.After } };

    private static StoreException Missing(string id, string what) => new(
        StoreErrorKind.Corrupt,
        $"Cannot read the story {Names.Show(id)}: its {what} are missing. Restore a backup, or import it again.");
}

/// <summary>A story as it was read, with what a save needs to know of it.</summary>
/// <param name="Stored">The story.</param>
/// <param name="Summary">Its summary.</param>
/// <param name="Contents">The document that holds or lists its passages.</param>
internal sealed record KnownStory(StoredStory Stored, StorySummary Summary, StoryContents Contents);
