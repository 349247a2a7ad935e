namespace Undercroft.Stories;

/// <summary>The collections of a library and how their documents are made.</summary>
internal static class LibraryCollections
{
    // Names may be longer than any index key.
    private const int KeyMax = 100;

    public static CollectionDefinition<StorySummary> Summaries { get; } =
        new CollectionDefinition<StorySummary>("stories", StoryJsonForm.Context.StorySummary)
            .WithId(static summary => summary.Id)
            .WithIndex("by-name", "nameKey")
            .WithIndex("by-format", "format", "nameKey");

    public static CollectionDefinition<StoryContents> Contents { get; } =
        new("story-contents", StoryJsonForm.Context.StoryContents);

    public static CollectionDefinition<StoryPage> Pages { get; } =
        new("story-pages", StoryJsonForm.Context.StoryPage);

    public static CollectionDefinition<StorySave> Saves { get; } =
        new("story-saves", StoryJsonForm.Context.StorySave);

    public static CollectionDefinition<PassageDocument> Passages { get; } =
        new CollectionDefinition<PassageDocument>("story-passages", StoryJsonForm.Context.PassageDocument)
            .WithIndex("by-name", "nameKey");

    /// <summary>The record that stands for a story.</summary>
    public static RecordKey KeyOf(string storyId) => new(Summaries.Name, storyId);

    /// <summary>Where a passage is kept.</summary>
    public static string DocumentId(string storyId, string document) => $"{storyId}/{document}";

    /// <summary>Where a passage of a story is kept.</summary>
    public static string DocumentId(string storyId, PassageRef passage) =>
        DocumentId(storyId, passage.Document ?? passage.Id);

    /// <summary>The beginning of a name in small letters.</summary>
    public static string NameKeyOf(string name)
    {
        var length = Math.Min(name.Length, KeyMax);
        length -= length > 0 && length < name.Length && char.IsHighSurrogate(name[length - 1]) ? 1 : 0;
        return name[..length].ToLowerInvariant();
    }

    public static StorySummary Summarize(Story story)
    {
        var texts = story.Passages.Where(passage => passage.Kind == PassageKind.Passage).ToArray();
        return new StorySummary
        {
            Id = story.Id,
            Name = story.Name,
            NameKey = NameKeyOf(story.Name),
            Ifid = story.Ifid?.Raw,
            Format = story.Format is { Length: <= KeyMax } format ? format : null,
            FormatVersion = story.FormatVersion,
            SourceFormat = story.Origin?.Format,
            File = story.Origin?.File,
            Tags = story.Tags,
            Passages = texts.Length,
            Words = texts.Sum(passage => WordCounter.Count(passage.Body)),
        };
    }
}
