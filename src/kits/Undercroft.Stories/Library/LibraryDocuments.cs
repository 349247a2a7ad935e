using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>A story without the page around it: collection <c>story-contents</c>.</summary>
/// <param name="Story">The story; as it is written, without its passages.</param>
/// <param name="Passages">Its passages, where they are in this document; null where they are apart, and once they have
/// been put into the story.</param>
/// <param name="Parts">Where the passages are, in order, if each is a document of its own.</param>
internal sealed record StoryContents(
    Story Story, IReadOnlyList<Passage>? Passages, IReadOnlyList<PassageRef>? Parts)
{
    /// <summary>The JSON, where it has been written already.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Written { get; init; }
}

/// <summary>One passage of a story that is kept in parts.</summary>
/// <param name="Id">The passage's id.</param>
/// <param name="Document">The end of its document's id: see <see cref="LibraryCollections.PartId"/>.</param>
internal sealed record PassageRef(string Id, string Document);

/// <summary>The page around a story of Twine HTML, the format's engine with it: collection <c>story-pages</c>.
/// </summary>
internal sealed record StoryPage(string Before, string After)
{
    public static StoryPage? Of(Story story) =>
        story.Origin is { } origin && origin.Before.Length + origin.After.Length > 0
            ? new StoryPage(origin.Before, origin.After)
            : null;
}

/// <summary>Says that a save of several commits is under way: collection <c>story-saves</c>.</summary>
internal sealed record StorySave(string StoryId);

/// <summary>One passage of a story that is kept in parts: collection <c>story-passages</c>.</summary>
/// <param name="StoryId">The story it belongs to.</param>
/// <param name="Passage">The passage.</param>
internal sealed record PassageDocument(string StoryId, Passage Passage);
