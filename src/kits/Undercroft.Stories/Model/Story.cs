using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>One interactive story, whatever format it came from. Immutable: change it with <c>with</c>.</summary>
/// <remarks>
/// What the author wrote comes first and stays verbatim; links, statistics and search results are derived from it and
/// can be rebuilt at any time. <see cref="Origin"/> keeps what only the source file knows, so that an untouched story
/// is written back to its own format byte for byte.
/// </remarks>
public sealed record Story
{
    /// <summary>The version of the JSON form that this library writes.</summary>
    public const int SchemaCurrent = 1;

    /// <summary>The version of the JSON form this story was read from or will be written as.</summary>
    public int Schema { get; init; } = SchemaCurrent;

    /// <summary>The story's stable id. A reader derives it from the IFID, or from the name where there is
    /// none.</summary>
    public required string Id { get; init; }

    /// <summary>The title.</summary>
    public string Name { get; init; } = "";

    /// <summary>The IFID exactly as written; null where the source has none. Never invented by a reader.</summary>
    public Ifid? Ifid { get; init; }

    /// <summary>The story format's name, such as <c>Harlowe</c>; null where the source names none.</summary>
    public string? Format { get; init; }

    /// <summary>The story format's version, as written; null where the source names none.</summary>
    public string? FormatVersion { get; init; }

    /// <summary>The id of the passage the story starts at; null where the source names none that exists.</summary>
    public string? StartId { get; init; }

    /// <summary>What the source named as the start where no passage answers to it; null otherwise.</summary>
    public string? StartUnresolved { get; init; }

    /// <summary>The story's own tags, in order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The colours of passage tags, in the order of the source.</summary>
    public IReadOnlyList<TagColor> TagColors { get; init; } = [];

    /// <summary>The editor's zoom as written, such as <c>0.25</c>; null where the source has none.</summary>
    public string? Zoom { get; init; }

    /// <summary>The <c>options</c> of Twine HTML, as written; null where empty.</summary>
    public string? Options { get; init; }

    /// <summary>The program that made the source file; null where it does not say.</summary>
    public string? Creator { get; init; }

    /// <summary>That program's version; null where the file does not say.</summary>
    public string? CreatorVersion { get; init; }

    /// <summary>Story data that this model has no name for, in the order of the source.</summary>
    public IReadOnlyList<StoryField> Fields { get; init; } = [];

    /// <summary>Passages, scripts and stylesheets; the position in this list is the ordinal.</summary>
    public IReadOnlyList<Passage> Passages { get; init; } = [];

    /// <summary>Text of one source format that could not be understood, kept whole, by the format's name.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = NoExtensions.Value;

    /// <summary>Where the story came from; null for a story made in memory.</summary>
    public StoryOrigin? Origin { get; init; }

    /// <summary>The language of the passages' text, told by <see cref="Format"/>.</summary>
    [JsonIgnore]
    public StoryDialect Dialect => StoryDialects.Of(Format);

    /// <summary>Finds the passage a player sees first: the named start, or a passage called <c>Start</c>.</summary>
    /// <returns>Null where there is neither.</returns>
    public Passage? FindStart()
    {
        Passage? byName = null;
        foreach (var passage in Passages)
        {
            if (StartId is not null && passage.Id == StartId)
            {
                return passage;
            }

            if (byName is null && passage.Kind == PassageKind.Passage && passage.Name == "Start")
            {
                byName = passage;
            }
        }

        return byName;
    }
}
