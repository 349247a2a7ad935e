using System.Text.Json.Serialization;

namespace Undercroft.Stories;

/// <summary>One passage, script or stylesheet of a story. Immutable: change it with <c>with</c>.</summary>
public sealed record Passage
{
    private readonly PassageBody body = new("");

    /// <summary>The passage's stable id within its story: it survives renames, edits and re-imports.</summary>
    public required string Id { get; init; }

    /// <summary>The name, as links write it. Names may repeat; ids do not.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the passage is.</summary>
    public PassageKind Kind { get; init; }

    /// <summary>The tags in order, repeats kept.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The text as its author wrote it: format's markup, line ends and outer spaces included.</summary>
    [JsonConverter(typeof(StoryTextConverter))]
    public string Body
    {
        get => body.Text;
        init => body = new PassageBody(value);
    }

    /// <summary>Where the passage's tile lies in an editor; null where the source does not say.</summary>
    public PassagePoint? Position { get; init; }

    /// <summary>How large its tile is; null where the source does not say.</summary>
    public PassagePoint? Size { get; init; }

    /// <summary>Metadata that this model has no name for, in the order of the source.</summary>
    public IReadOnlyList<StoryField> Fields { get; init; } = [];

    /// <summary>Text of one source format that could not be understood, kept whole, by the format's name.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = NoExtensions.Value;

    /// <summary>How the source file wrote this passage; null for a passage made in memory.</summary>
    public PassageSource? Source { get; init; }

    /// <summary>Whether there is a text, without decoding one that was not asked for yet.</summary>
    internal bool HasBody => body.IsThere;

    /// <summary>The text as it was read, decoded or not.</summary>
    internal PassageBody BodyAsRead
    {
        init => body = value;
    }
}
