using System.Globalization;
using System.Text;

namespace Undercroft.Stories;

/// <summary>The collections of a library and how their documents are named.</summary>
internal static class LibraryCollections
{
    // Names may be longer than any index key.
    private const int KeyMax = 100;
    private const int ShortIdMax = 600;

    public static CollectionDefinition<StorySummary> Summaries { get; } =
        new CollectionDefinition<StorySummary>("stories", StoryJsonForm.Context.StorySummary)
            .WithId(static summary => summary.Id)
            .WithIndex("by-name", "nameKey")
            .WithIndex("by-format", "format", "nameKey")
            .WithIndex("by-file", "fileKey");

    /// <summary>The summaries as bytes, whether they can be read or not; only to look whether they are there.</summary>
    public static CollectionDefinition<RawJson> RawSummaries { get; } = new(Summaries.Name, RawJson.Codec);

    public static CollectionDefinition<StoryContents> Contents { get; } =
        new("story-contents", new StoryContentsCodec());

    public static CollectionDefinition<StoryPage> Pages { get; } =
        new("story-pages", StoryJsonForm.Context.StoryPage);

    public static CollectionDefinition<StorySave> Saves { get; } =
        new("story-saves", StoryJsonForm.Context.StorySave);

    public static CollectionDefinition<PassageDocument> Passages { get; } =
        new("story-passages", StoryJsonForm.Context.PassageDocument);

    /// <summary>The record that stands for a story: whatever changes the story changes it.</summary>
    public static RecordKey KeyOf(string storyId) => new(Summaries.Name, storyId);

    /// <summary>The beginning of the ids of a story's parts. Nothing else begins so: a slash in the story's id is
    /// written otherwise.</summary>
    public static string PartPrefix(string storyId) =>
        storyId.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal) + "/";

    /// <summary>A story's id as a part of another id: one that leaves no room is known by its hash. The sign before it
    /// keeps both apart.</summary>
    public static string ShortId(string storyId) => Encoding.UTF8.GetByteCount(storyId) <= ShortIdMax
        ? $"={storyId}"
        : $"#{BackupRecords.Hash(Encoding.UTF8.GetBytes(storyId))}";

    /// <summary>Where a passage of a story that is kept in parts is.</summary>
    public static string PartId(string storyId, string document) => PartPrefix(storyId) + document;

    /// <summary>Names a new part after the save that writes it: no two saves begin at one revision and both succeed.
    /// </summary>
    public static string PartName(Revision save, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{save.Value}.{number}");

    /// <summary>The beginning of a name in small letters.</summary>
    public static string NameKeyOf(string name)
    {
        var length = Math.Min(name.Length, KeyMax);
        length -= length > 0 && length < name.Length && char.IsHighSurrogate(name[length - 1]) ? 1 : 0;
        return name[..length].ToLowerInvariant();
    }

    /// <summary>The name of a file without its folders, as a key.</summary>
    public static string FileKeyOf(string file) => NameKeyOf(file[(file.LastIndexOfAny(['/', '\\']) + 1)..]);

    public static string? ShortFormat(string? format) => format is { Length: <= KeyMax } ? format : null;
}
