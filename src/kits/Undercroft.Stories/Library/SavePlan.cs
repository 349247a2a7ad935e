using System.Globalization;
using System.Text.Json;

namespace Undercroft.Stories;

/// <summary>What saving a story has to write and to delete.</summary>
internal sealed record SavePlan
{
    public required StorySummary Summary { get; init; }

    public required StoryContents Contents { get; init; }

    /// <summary>The page to write; null where there is none, or it is there already.</summary>
    public StoryPage? Page { get; init; }

    public bool DropsPage { get; init; }

    /// <summary>The revision of the contents that this plan replaces; none for a new story.</summary>
    public Revision Known { get; init; }

    /// <summary>Passages that are new or changed, by document id.</summary>
    public IReadOnlyList<KeyValuePair<string, PassageDocument>> Writes { get; init; } = [];

    /// <summary>Documents that are no longer needed.</summary>
    public IReadOnlyList<string> Deletes { get; init; } = [];

    /// <summary>The mark of a save whose passages are written before the commit, where nobody sees them yet; none where
    /// all is one commit.</summary>
    public Revision Mark { get; init; }

    private List<long> Sizes { get; init; } = [];

    public static SavePlan Make(Story story, KnownStory? known)
    {
        var before = Places(known);
        var places = new List<PassageRef>(story.Passages.Count);
        var writes = new List<KeyValuePair<string, PassageDocument>>();
        var sizes = new List<long>();
        foreach (var passage in story.Passages)
        {
            var bytes = Bytes(passage);
            if (before.Remove(passage.Id, out var old) && bytes.AsSpan().SequenceEqual(Bytes(old.Passage)))
            {
                places.Add(old.Place);
                continue;
            }

            var place = old.Place ?? new PassageRef(passage.Id);
            places.Add(place);
            writes.Add(new(
                LibraryCollections.DocumentId(story.Id, place),
                new PassageDocument(story.Id, LibraryCollections.NameKeyOf(passage.Name), passage)));
            sizes.Add(bytes.Length);
        }

        var page = PageOf(story);
        var oldPage = known is null ? null : PageOf(known.Story);
        return new SavePlan
        {
            Summary = LibraryCollections.Summarize(story),
            Contents = new StoryContents(WithoutParts(story), places, page is not null),
            Page = page == oldPage ? null : page,
            DropsPage = page is null && oldPage is not null,
            Known = known?.Revision ?? Revision.None,
            Writes = writes,
            Deletes = [.. before.Values.Select(gone => LibraryCollections.DocumentId(story.Id, gone.Place))],
            Sizes = sizes,
        };
    }

    /// <summary>Whether all of it goes into one commit.</summary>
    public bool Fits(StoreLimits limits, int spare) =>
        Writes.Count + Deletes.Count + spare <= limits.OperationsMax && Sizes.Sum() <= BytesMax(limits);

    /// <summary>The same plan with every write going to a document that nothing points at yet.</summary>
    public SavePlan Apart(Revision mark)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"~{mark.Value}");
        var moved = Writes.Select(write => write.Value.Passage.Id).ToHashSet(StringComparer.Ordinal);
        return this with
        {
            Mark = mark,
            Contents = Contents with
            {
                Passages =
                [
                    .. Contents.Passages.Select(place => moved.Contains(place.Id)
                        ? new PassageRef(place.Id, place.Id + suffix)
                        : place),
                ],
            },
            Writes =
            [
                .. Writes.Select(write => new KeyValuePair<string, PassageDocument>(
                    LibraryCollections.DocumentId(Summary.Id, write.Value.Passage.Id + suffix), write.Value)),
            ],
        };
    }

    /// <summary>The writes in portions that each go into one commit.</summary>
    public IEnumerable<List<KeyValuePair<string, PassageDocument>>> Chunks(StoreLimits limits, int spare)
    {
        var chunk = new List<KeyValuePair<string, PassageDocument>>();
        var bytes = 0L;
        for (var i = 0; i < Writes.Count; i++)
        {
            if (chunk.Count > 0
                && (chunk.Count + spare >= limits.OperationsMax || bytes + Sizes[i] > BytesMax(limits)))
            {
                yield return chunk;

                (chunk, bytes) = ([], 0);
            }

            chunk.Add(Writes[i]);
            bytes += Sizes[i];
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }

    // Keys, index entries and the story's own documents need room beside the passages.
    private static long BytesMax(StoreLimits limits) => limits.CommitBytesMax / 2;

    private static Dictionary<string, (PassageRef Place, Passage Passage)> Places(KnownStory? known)
    {
        var places = new Dictionary<string, (PassageRef, Passage)>(StringComparer.Ordinal);
        for (var i = 0; i < (known?.Contents.Passages.Count ?? 0); i++)
        {
            places[known!.Contents.Passages[i].Id] = (known.Contents.Passages[i], known.Story.Passages[i]);
        }

        return places;
    }

    private static StoryPage? PageOf(Story story) =>
        story.Origin is { } origin && origin.Before.Length + origin.After.Length > 0
            ? new StoryPage(origin.Before, origin.After)
            : null;

    private static Story WithoutParts(Story story) => story with
    {
        Passages = [],
        Origin = story.Origin is null ? null : story.Origin with { Before = "", After = "" },
    };

    private static byte[] Bytes(Passage passage) =>
        JsonSerializer.SerializeToUtf8Bytes(passage, StoryJsonForm.Context.Passage);
}
