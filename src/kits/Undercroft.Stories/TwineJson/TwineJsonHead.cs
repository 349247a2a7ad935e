namespace Undercroft.Stories;

/// <summary>What a Twine JSON file says beside its passages.</summary>
internal sealed class TwineJsonHead
{
    private static readonly (string Alias, string Key)[] Aliases =
    [
        ("tagColors", "tag-colors"), ("formatVersion", "format-version"), ("creatorVersion", "creator-version"),
        ("startnode", "start"), ("storyJavaScript", "script"), ("storyStylesheet", "style"),
    ];

    public string Name { get; private init; } = "";

    public string Style { get; private init; } = "";

    public string Script { get; private init; } = "";

    /// <summary>The rest: the keys that StoryData of Twee has too.</summary>
    public TweeStoryData Data { get; private init; } = TweeStoryData.Empty;

    public JsonCarrier Carrier { get; private init; } = JsonCarrier.Empty;

    /// <summary>The key the specification names for each key that was read in its place.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; private init; } =
        new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The key that is given twice; null where none is.</summary>
    public string? Repeated { get; private init; }

    /// <summary>Whether a field cannot be written, because its name means something.</summary>
    public static bool IsReserved(StoryField field) =>
        field.Name is "name" or "style" or "script" or "passages" or JsonCarrier.Key
        || (!field.IsJson && TweeStoryData.IsReserved(field.Name));

    /// <summary>Reads a file without its passages.</summary>
    public static TwineJsonHead Parse(string json)
    {
        var fields = JsonScan.Fields(json, JsonScan.Root(json), out var repeated);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var (name, style, script, carrier) = ("", "", "", JsonCarrier.Empty);
        var rest = new List<StoryField>();
        foreach (var given in fields)
        {
            var field = Rename(given, fields, keys);
            switch (field)
            {
                case { Name: "passages" } when given.Value.StartsWith('[') || given.Value.StartsWith('{'):
                    break;
                case { Name: "name" or "style" or "script", IsJson: true, Value: "null" }:
                    break;
                case { Name: "name", IsJson: false }:
                    name = field.Value;
                    break;
                case { Name: "style", IsJson: false }:
                    style = field.Value;
                    break;
                case { Name: "script", IsJson: false }:
                    script = field.Value;
                    break;
                case { Name: "start", IsJson: true } when JsonStrings.IsNumber(field.Value):
                    rest.Add(new StoryField("start", field.Value));
                    break;
                case { Name: JsonCarrier.Key } when JsonCarrier.Parse(field) is { } found:
                    carrier = found;
                    break;
                default:
                    rest.Add(field);
                    break;
            }
        }

        return new TwineJsonHead
        {
            Name = name,
            Style = style,
            Script = script,
            Data = TweeStoryData.Of(rest),
            Carrier = carrier,
            Keys = keys,
            Repeated = repeated,
        };
    }

    public static TwineJsonHead Of(
        Story story, string? start, string style, string script, JsonCarrier carrier) => new()
    {
        Name = story.Name,
        Style = style,
        Script = script,
        Data = TweeStoryData.Of(story, start),
        Carrier = carrier,
    };

    public bool Says(TwineJsonHead other) =>
        Name == other.Name && Style == other.Style && Script == other.Script && Data.Says(other.Data)
        && Carrier.Write() == other.Carrier.Write();

    /// <summary>All members but the passages, in the order of the specification.</summary>
    public List<StoryField> Members()
    {
        var members = new List<StoryField> { new("name", Name) };
        members.AddRange(Data.Members());
        members.Add(new StoryField("style", Style));
        members.Add(new StoryField("script", Script));
        if (Carrier.Write() is { } carried)
        {
            members.Add(new StoryField(JsonCarrier.Key, carried, IsJson: true));
        }

        return members;
    }

    private static StoryField Rename(StoryField field, List<StoryField> all, Dictionary<string, string> keys)
    {
        foreach (var (alias, key) in Aliases)
        {
            if (field.Name == alias && !all.Exists(other => other.Name == key))
            {
                keys[key] = alias;
                return field with { Name = key };
            }
        }

        return field;
    }
}
