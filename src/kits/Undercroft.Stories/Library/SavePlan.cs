using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>What saving a story has to write and to delete.</summary>
internal sealed class SavePlan
{
    // What stands around a passage in its document: the story's id, escaped.
    private const int Spare = 8 * 1024;

    private readonly PassageRef?[] kept = [];
    private readonly List<int> changed = [];
    private readonly List<int> sizes = [];
    private readonly StoryBody body;
    private readonly Document<StorySummary>? head;
    private long partsBytes;

    /// <summary>Plans a save.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="story">The story to save.</param>
    /// <param name="head">The summary there is; null for a new story.</param>
    /// <param name="known">The story there is, where it was read: if it is kept in parts it must have been.</param>
    /// <param name="limits">The limits of the store.</param>
    /// <exception cref="LimitExceededException">Something of it is larger than the store can hold.</exception>
    public SavePlan(
        SaveRequest request, Story story, Document<StorySummary>? head, KnownStory? known, StoreLimits limits)
    {
        Request = request;
        this.head = head;
        body = StoryBody.Of(story);
        var before = known?.Stored.Story.Passages.ToDictionary(static one => one.Id, StringComparer.Ordinal);
        if (body.Contents is null)
        {
            kept = new PassageRef?[body.Story.Passages.Count];
            Divide(before, known?.Contents.Parts, limits);
        }

        PassagesChanged = body.Contents is null
            ? changed.Count
            : body.Story.Passages.Count(passage => before is null || !IsSame(passage, before));
        PassagesRemoved = before?.Keys.Except(body.Story.Passages.Select(static one => one.Id)).Count() ?? 0;
        var stay = kept.OfType<PassageRef>().Select(static part => part.Document).ToHashSet(StringComparer.Ordinal);
        Deletes =
        [
            .. from part in known?.Contents.Parts ?? []
               where !stay.Contains(part.Document)
               select LibraryCollections.PartId(Id, part.Document),
        ];
        Check(body.PageBytes, "the page around the story", limits);
        Summary = Summarise();
    }

    public SaveRequest Request { get; }

    public string Id => Request.Id;

    /// <summary>The revision this plan replaces; none for a new story.</summary>
    public Revision Known => head?.Revision ?? Revision.None;

    /// <summary>The page to write; null where there is none, or it is there already.</summary>
    public StoryPage? Page => body.PageHash == head?.Value.Page ? null : body.Page;

    public bool DropsPage => body.Page is null && head?.Value.Page is not null;

    /// <summary>Parts that are no longer needed.</summary>
    public IReadOnlyList<string> Deletes { get; }

    public int PassagesChanged { get; }

    public int PassagesRemoved { get; }

    public StorySummary Summary { get; }

    /// <summary>How many parts are to be written.</summary>
    public int Writes => changed.Count;

    /// <summary>The bytes of the parts to be written.</summary>
    public long WriteBytes => sizes.Sum(static size => (long)size);

    /// <summary>The bytes of all else.</summary>
    public long HeadBytes => (body.Contents?.Written.Length ?? 0) + (Page is null ? 0 : body.PageBytes);

    /// <summary>The library's tags to write; null keeps those there are.</summary>
    public IReadOnlyCollection<string>? Tags =>
        Request.Options.Tags ?? (head is null ? StoryTags.From(body.Story) : null);

    /// <summary>The contents.</summary>
    /// <param name="save">What new parts are named after.</param>
    public StoryContents Contents(Revision save)
    {
        if (body.Contents is { } whole)
        {
            return whole;
        }

        var parts = new PassageRef[kept.Length];
        var number = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = kept[i] ?? new PassageRef(
                body.Story.Passages[i].Id, LibraryCollections.PartName(save, number++));
        }

        return new StoryContents(StoryBody.WithoutParts(body.Story), null, parts);
    }

    /// <summary>The parts to be written, in portions that each go into one commit.</summary>
    public IEnumerable<List<KeyValuePair<string, PassageDocument>>> Portions(
        Revision save, int operationsMax, long bytesMax)
    {
        var portion = new List<KeyValuePair<string, PassageDocument>>();
        var bytes = 0L;
        for (var i = 0; i < changed.Count; i++)
        {
            if (portion.Count > 0 && (portion.Count >= operationsMax || bytes + sizes[i] > bytesMax))
            {
                yield return portion;

                (portion, bytes) = ([], 0);
            }

            portion.Add(new(
                LibraryCollections.PartId(Id, LibraryCollections.PartName(save, i)),
                new PassageDocument(Id, body.Story.Passages[changed[i]])));
            bytes += sizes[i];
        }

        if (portion.Count > 0)
        {
            yield return portion;
        }
    }

    /// <summary>What has become of it, once it is committed.</summary>
    public SaveOutcome ToOutcome(StorySummary summary, Revision revision, DateTimeOffset at)
    {
        var tags = Tags is { } given ? StoryTags.Sort(given) : head!.Tags;
        var stored = new StoredStory(body.Story, revision, tags, head?.CreatedAt ?? at, at);
        return new SaveOutcome(stored, summary, head is null, PassagesChanged, PassagesRemoved);
    }

    private StorySummary Summarise()
    {
        var story = body.Story;
        var texts = story.Passages.Where(static passage => passage.Kind == PassageKind.Passage).ToArray();
        return new StorySummary
        {
            Id = story.Id,
            Name = story.Name,
            NameKey = LibraryCollections.NameKeyOf(story.Name),
            Ifid = story.Ifid?.Raw,
            Format = LibraryCollections.ShortFormat(story.Format),
            FormatVersion = story.FormatVersion,
            SourceFormat = story.Origin?.Format,
            File = story.Origin?.File,
            FileKey = story.Origin?.File is { } file ? LibraryCollections.FileKeyOf(file) : null,
            Tags = story.Tags,
            Passages = texts.Length,
            Words = texts.Sum(static passage => WordCounter.Count(passage.Body)),
            Bytes = body.PageBytes + (body.Contents?.Written.Length ?? partsBytes),
            HasParts = body.Contents is null,
            Page = body.PageHash,
        };
    }

    private void Divide(
        Dictionary<string, Passage>? before, IReadOnlyList<PassageRef>? parts, StoreLimits limits)
    {
        // The longest name there can be must fit, before anything is written.
        _ = new RecordKey(
            LibraryCollections.Passages.Name,
            LibraryCollections.PartId(Id, LibraryCollections.PartName(new Revision(long.MaxValue), int.MaxValue)));
        var places = (parts ?? []).ToDictionary(static part => part.Id, StringComparer.Ordinal);
        for (var i = 0; i < kept.Length; i++)
        {
            var passage = body.Story.Passages[i];
            var size = Bytes(passage).Length;
            partsBytes += size;
            if (places.TryGetValue(passage.Id, out var place) && IsSame(passage, before!))
            {
                kept[i] = place;
                continue;
            }

            Check(size, $"the passage {Names.Show(passage.Name)}", limits);
            changed.Add(i);
            sizes.Add(size);
        }

        Check(
            JsonSerializer.SerializeToUtf8Bytes(
                Contents(new Revision(long.MaxValue)), StoryJsonForm.Context.StoryContents).Length,
            $"the list of the {kept.Length} passages",
            limits);
    }

    private void Check(int bytes, string what, StoreLimits limits)
    {
        if (bytes > limits.ValueBytesMax - Spare)
        {
            throw new LimitExceededException(
                $"{what} of {Names.Show(Id)}", nameof(StoreLimits.ValueBytesMax), limits.ValueBytesMax - Spare, bytes);
        }
    }

    private static bool IsSame(Passage passage, Dictionary<string, Passage> before) =>
        before.TryGetValue(passage.Id, out var old)
        && (ReferenceEquals(old, passage) || Bytes(old).AsSpan().SequenceEqual(Bytes(passage)));

    private static byte[] Bytes(Passage passage) =>
        JsonSerializer.SerializeToUtf8Bytes(passage, StoryJsonForm.Context.Passage);
}
