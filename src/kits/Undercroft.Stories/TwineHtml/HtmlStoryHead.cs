namespace Undercroft.Stories;

/// <summary>What the <c>tw-storydata</c> start tag says.</summary>
internal sealed record HtmlStoryHead
{
    private static readonly string[] Known =
    [
        "name", "startnode", "creator", "creator-version", "format", "format-version", "ifid", "options", "tags",
        "zoom", "hidden",
    ];

    public string Name { get; init; } = "";

    public string? StartNode { get; init; }

    public string? Creator { get; init; }

    public string? CreatorVersion { get; init; }

    public string? Format { get; init; }

    public string? FormatVersion { get; init; }

    public string? Ifid { get; init; }

    public string? Options { get; init; }

    public string? Zoom { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<StoryField> Fields { get; init; } = [];

    public IReadOnlyDictionary<string, string> Extensions { get; init; } = NoExtensions.Value;

    public static HtmlStoryHead Parse(HtmlTag tag)
    {
        var rest = HtmlRest.Of(tag, Known);
        return new HtmlStoryHead
        {
            Name = tag["name"] ?? "",
            StartNode = Optional.Text(tag["startnode"]),
            Creator = Optional.Text(tag["creator"]),
            CreatorVersion = Optional.Text(tag["creator-version"]),
            Format = Optional.Text(tag["format"]),
            FormatVersion = Optional.Text(tag["format-version"]),
            Ifid = Optional.Text(tag["ifid"]),
            Options = Optional.Text(tag["options"]),
            Zoom = Optional.Text(tag["zoom"]),
            Tags = HtmlRest.Words(tag["tags"]),
            Fields = rest.Fields,
            Extensions = rest.Carrier.Extensions,
        };
    }

    public static HtmlStoryHead Of(
        Story story, string? startNode, IReadOnlyList<string> tags, IReadOnlyList<StoryField> fields) =>
        new()
        {
            Name = story.Name,
            StartNode = Optional.Text(startNode),
            Creator = Optional.Text(story.Creator),
            CreatorVersion = Optional.Text(story.CreatorVersion),
            Format = Optional.Text(story.Format),
            FormatVersion = Optional.Text(story.FormatVersion),
            Ifid = Optional.Text(story.Ifid?.Raw),
            Options = Optional.Text(story.Options),
            Zoom = Optional.Text(story.Zoom),
            Tags = tags,
            Fields = fields,
            Extensions = story.Extensions,
        };

    public bool Says(HtmlStoryHead other) =>
        (this with { Tags = [], Fields = [], Extensions = NoExtensions.Value })
            == (other with { Tags = [], Fields = [], Extensions = NoExtensions.Value })
        && Tags.SequenceEqual(other.Tags) && Fields.SequenceEqual(other.Fields)
        && Extensions.Count == other.Extensions.Count && !Extensions.Except(other.Extensions).Any();
}
