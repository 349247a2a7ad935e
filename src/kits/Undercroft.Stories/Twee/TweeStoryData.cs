using System.Buffers;

namespace Undercroft.Stories;

/// <summary>What the StoryData passage says. The same story always gives the same value, so values can be
/// compared.</summary>
internal sealed class TweeStoryData
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789+-.eE");

    private static readonly string[] KnownText =
        ["ifid", "format", "format-version", "start", "options", "creator", "creator-version"];

    private static readonly string[] KnownOther = ["zoom", "tags", "tag-colors"];

    public static readonly TweeStoryData Empty = new();

    private readonly Dictionary<string, string> text = new(StringComparer.Ordinal);

    public IReadOnlyList<TagColor> TagColors { get; private set; } = [];

    public string? Zoom { get; private set; }

    public IReadOnlyList<string> Tags { get; private set; } = [];

    public IReadOnlyList<StoryField> Fields { get; private set; } = [];

    public string? this[string key] => text.GetValueOrDefault(key);

    /// <summary>Reads the passage's text; null where it is not a JSON object.</summary>
    public static TweeStoryData? Parse(ReadOnlySpan<char> json, out string? repeated)
    {
        if (JsonFields.Parse(json.Trim(), out repeated) is not { } fields)
        {
            return null;
        }

        return Of(fields);
    }

    /// <summary>What the members of the object say.</summary>
    public static TweeStoryData Of(IEnumerable<StoryField> fields)
    {
        var data = new TweeStoryData();
        var others = new List<StoryField>();
        foreach (var field in fields)
        {
            if (!data.TryTake(field))
            {
                others.Add(field);
            }
        }

        data.Fields = others;
        return data;
    }

    /// <summary>What the passage has to say for a story.</summary>
    public static TweeStoryData Of(Story story, string? start)
    {
        var data = new TweeStoryData
        {
            TagColors = story.TagColors,
            Zoom = Optional.Text(story.Zoom),
            Tags = story.Tags,
            Fields = story.Fields,
        };
        data.Set("ifid", story.Ifid?.Raw);
        data.Set("format", story.Format);
        data.Set("format-version", story.FormatVersion);
        data.Set("start", start);
        data.Set("options", story.Options);
        data.Set("creator", story.Creator);
        data.Set("creator-version", story.CreatorVersion);
        return data;
    }

    /// <summary>Whether the specification, or Undercroft, gives a key its own meaning.</summary>
    public static bool IsReserved(string key) =>
        Array.IndexOf(KnownText, key) >= 0 || Array.IndexOf(KnownOther, key) >= 0;

    /// <summary>Whether the passage would say nothing at all.</summary>
    public bool IsEmpty =>
        text.Count == 0 && Zoom is null && TagColors.Count == 0 && Tags.Count == 0 && Fields.Count == 0;

    /// <summary>Whether it needs keys that only Undercroft reads.</summary>
    public bool HasExtras =>
        Tags.Count > 0 || text.ContainsKey("options") || text.ContainsKey("creator")
            || text.ContainsKey("creator-version");

    public bool Says(TweeStoryData other) =>
        KnownText.All(key => this[key] == other[key]) && Zoom == other.Zoom
        && TagColors.SequenceEqual(other.TagColors) && Tags.SequenceEqual(other.Tags)
        && Fields.SequenceEqual(other.Fields);

    /// <summary>Writes the passage's text, indented as the specification recommends.</summary>
    public string Write() => JsonFields.Write(Members(JsonFields.Write, JsonFields.WriteArray), indented: true);

    /// <summary>The members of the object for a format in JSON, which can hold halves of surrogate pairs.</summary>
    public IEnumerable<StoryField> Members() =>
        Members(static (colors, _) => JsonBuild.Object(colors), JsonBuild.Array);

    private IEnumerable<StoryField> Members(
        Func<IEnumerable<StoryField>, bool, string> writeObject, Func<IEnumerable<string>, string> writeArray)
    {
        var fields = new List<StoryField>();
        foreach (var key in KnownText)
        {
            if (this[key] is { } value)
            {
                fields.Add(new StoryField(key, value));
            }
        }

        if (TagColors.Count > 0)
        {
            var colors = TagColors.Select(color => new StoryField(color.Tag, color.Color));
            fields.Add(new StoryField("tag-colors", writeObject(colors, false), IsJson: true));
        }

        if (Zoom is not null)
        {
            fields.Add(new StoryField("zoom", Zoom, IsNumber(Zoom)));
        }

        if (Tags.Count > 0)
        {
            fields.Add(new StoryField("tags", writeArray(Tags), IsJson: true));
        }

        return fields.Concat(Fields);
    }

    private static bool IsNumber(string value) =>
        !value.AsSpan().ContainsAnyExcept(NumberCharacters) && JsonFields.Canonical(value) == value;

    private void Set(string key, string? value)
    {
        if (Optional.Text(value) is { } present)
        {
            text[key] = present;
        }
    }

    private bool TryTake(StoryField field)
    {
        switch (field)
        {
            case { IsJson: false } when Array.IndexOf(KnownText, field.Name) >= 0:
                Set(field.Name, field.Value);
                return true;
            case { Name: "zoom" } when !field.IsJson || IsNumber(field.Value):
                Zoom = Optional.Text(field.Value);
                return true;
            case { Name: "tags", IsJson: true } when JsonFields.ParseArray(field.Value) is { } tags:
                Tags = tags;
                return true;
            case { Name: "tag-colors", IsJson: true }
                when JsonScan.Fields(field.Value, 0, out _) is var colors && field.Value.StartsWith('{')
                    && !colors.Exists(color => color.IsJson):
                TagColors = [.. colors.Select(color => new TagColor(color.Name, color.Value))];
                return true;
            default:
                return false;
        }
    }
}
