namespace Undercroft.Stories;

/// <summary>How a dialect of whisker writes what all of them say.</summary>
internal sealed record WhiskerShape
{
    private static readonly string[] BodyKeys = ["text", "content"];

    /// <summary>The value of <c>formatVersion</c>; null where the dialect has neither it nor <c>format</c>.</summary>
    public string? Version { get; init; } = "2.0";

    /// <summary>Whether passages are members of an object, by their ids, and not a list.</summary>
    public bool IsMap { get; init; }

    /// <summary>Whether every passage has an id.</summary>
    public bool HasIds { get; init; }

    /// <summary>Whether what is empty is left out.</summary>
    public bool IsCompact { get; init; }

    /// <summary>The keys of a passage's text.</summary>
    public IReadOnlyList<string> TextKeys { get; init; } = ["text"];

    /// <summary>The keys of the title.</summary>
    public IReadOnlyList<string> TitleKeys { get; init; } = ["title"];

    /// <summary>The key of a choice's target.</summary>
    public string TargetKey { get; init; } = "target";

    /// <summary>How variables are written.</summary>
    public WhiskerVariableForm Variables { get; init; } = WhiskerVariableForm.List;

    /// <summary>Whether the start stands at the root and not among the settings.</summary>
    public bool HasRootStart { get; init; }

    public static WhiskerShape Of(WhiskerDialect dialect) => dialect switch
    {
        WhiskerDialect.Version09 => new WhiskerShape
        {
            Version = null, IsMap = true, HasIds = true, TextKeys = ["content"], TitleKeys = ["name"],
            TargetKey = "target_passage", Variables = WhiskerVariableForm.Plain, HasRootStart = true,
        },
        WhiskerDialect.Version10 => new WhiskerShape
        {
            Version = "1.0", HasIds = true, TextKeys = ["content", "text"], TitleKeys = ["title", "name"],
            TargetKey = "target_passage", Variables = WhiskerVariableForm.Plain,
        },
        WhiskerDialect.Typed20 or WhiskerDialect.Version21 => new WhiskerShape
        {
            Version = dialect == WhiskerDialect.Typed20 ? "2.0" : "2.1", HasIds = true, TextKeys = ["content"],
            TargetKey = "target_passage", Variables = WhiskerVariableForm.Typed,
        },
        _ => new WhiskerShape { IsCompact = true },
    };

    /// <summary>The shape of the file a story came from, as far as it shows one: passages that are added are written
    /// alike.</summary>
    public static WhiskerShape Of(Story story)
    {
        var head = story.Origin!.Opening + story.Origin.Closing;
        var first = story.Passages.Select(passage => passage.Source)
            .FirstOrDefault(source => source is { Format: StoryFormats.Whisker, Header.Length: > 0 })?.Header;
        var members = first is null ? [] : JsonScan.Fields(first, EntryText.ObjectStart(first), out _);
        var keys = BodyKeys.Where(key => members.Exists(member => member.Name == key)).ToArray();
        var isMap = JsonFile.ListOf(head, JsonScan.Root(head)) is { } list && head[list.ValueStart] == '{';
        var parsed = WhiskerHead.Parse(head);
        return new WhiskerShape
        {
            Version = parsed.Version,
            IsMap = isMap,
            HasIds = isMap || members.Exists(member => member.Name == "id"),
            TextKeys = keys.Length > 0 ? keys : ["text"],
            TitleKeys = parsed.TitleKeys,
            HasRootStart = parsed.RootStart is not null,
        };
    }
}
