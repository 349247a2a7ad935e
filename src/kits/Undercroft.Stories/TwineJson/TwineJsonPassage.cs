namespace Undercroft.Stories;

/// <summary>One passage of Twine JSON.</summary>
internal sealed record TwineJsonPassage
{
    public string Name { get; private init; } = "";

    public IReadOnlyList<string> Tags { get; private init; } = [];

    public string Body { get; private init; } = "";

    public PassagePoint? Position { get; private init; }

    public PassagePoint? Size { get; private init; }

    public IReadOnlyList<StoryField> Fields { get; private init; } = [];

    /// <summary>The number of the passage where the file gives it one.</summary>
    public string? Pid { get; private init; }

    /// <summary>The key that is given twice; null where none is.</summary>
    public string? Repeated { get; private init; }

    /// <summary>Reads an entry: an object, or a member whose value is one, and whose name is the passage's where that
    /// says none.</summary>
    public static TwineJsonPassage Parse(string raw)
    {
        var start = EntryText.ObjectStart(raw);
        var members = JsonScan.Members(raw, start);
        var fields = JsonScan.Fields(raw, start, out var repeated);
        var rest = new List<StoryField>();
        var (name, body, position, size) = (start == 0 ? "" : EntryText.KeyOf(raw), "", (string?)null, (string?)null);
        IReadOnlyList<string> tags = [];
        foreach (var field in fields)
        {
            switch (field)
            {
                case { Name: "name", IsJson: false }:
                    name = field.Value;
                    break;
                case { Name: "text", IsJson: false }:
                    body = field.Value;
                    break;
                case { Name: "tags", IsJson: true } when JsonScan.Texts(field.Value, 0) is { } texts:
                    tags = texts;
                    break;
                case { Name: "metadata", IsJson: true } when field.Value.StartsWith('{'):
                    var at = JsonScan.Last(members, "metadata")!.Value.ValueStart;
                    rest.AddRange(Metadata(raw, at, ref repeated, out position, out size));
                    break;
                default:
                    rest.Add(field);
                    break;
            }
        }

        return new TwineJsonPassage
        {
            Name = name,
            Tags = tags,
            Body = body,
            Position = Optional.Point(position),
            Size = Optional.Point(size),
            Fields = rest,
            Pid = fields.Find(field => field.Name == "pid")?.Value,
            Repeated = repeated ?? rest.GroupBy(field => field.Name).FirstOrDefault(group => group.Count() > 1)?.Key,
        };
    }

    public static TwineJsonPassage Of(Passage passage, IReadOnlyList<string> tags, IReadOnlyList<StoryField> fields) =>
        new()
        {
            Name = passage.Name,
            Tags = tags,
            Body = passage.Body,
            Position = Optional.Point(passage.Position?.Raw),
            Size = Optional.Point(passage.Size?.Raw),
            Fields = fields,
        };

    public bool Says(TwineJsonPassage other) =>
        Name == other.Name && Body == other.Body && Position == other.Position && Size == other.Size
        && Tags.SequenceEqual(other.Tags) && Fields.SequenceEqual(other.Fields);

    /// <summary>The JSON of a passage that is written anew.</summary>
    public string Write()
    {
        var metadata = new List<StoryField>();
        if (Position is not null)
        {
            metadata.Add(new StoryField("position", Position.Raw));
        }

        if (Size is not null)
        {
            metadata.Add(new StoryField("size", Size.Raw));
        }

        metadata.AddRange(Fields);
        var members = new List<StoryField> { new("name", Name), new("tags", JsonBuild.Array(Tags), IsJson: true) };
        if (metadata.Count > 0)
        {
            members.Add(new StoryField("metadata", JsonBuild.Object(metadata), IsJson: true));
        }

        members.Add(new StoryField("text", Body));
        return JsonBuild.Object(members);
    }

    /// <summary>The JSON of a passage that was <paramref name="before"/>, changed where it says something else now.
    /// </summary>
    public string Edit(string json, TwineJsonPassage before)
    {
        var at = EntryText.ObjectStart(json);
        json = Name == before.Name ? json : JsonEdit.Set(json, at, "name", JsonStrings.Quote(Name));
        json = Tags.SequenceEqual(before.Tags) ? json : JsonEdit.Set(json, at, "tags", JsonBuild.Array(Tags));
        json = Body == before.Body ? json : JsonEdit.Set(json, at, "text", JsonStrings.Quote(Body));
        json = Position == before.Position ? json : SetPlace(json, at, "position", Position);
        json = Size == before.Size ? json : SetPlace(json, at, "size", Size);
        foreach (var gone in before.Fields.Where(field => Fields.All(other => other.Name != field.Name)))
        {
            json = SetField(json, at, gone.Name, null);
        }

        foreach (var changed in Fields.Except(before.Fields))
        {
            json = SetField(json, at, changed.Name, JsonBuild.Value(changed));
        }

        return json;
    }

    private static string SetPlace(string json, int at, string name, PassagePoint? value) =>
        JsonEdit.SetInside(json, at, "metadata", name, value is null ? null : JsonStrings.Quote(value.Raw));

    private static string SetField(string json, int at, string name, string? value) =>
        JsonScan.Last(JsonScan.Members(json, at), name) is not null
            ? JsonEdit.Set(json, at, name, value)
            : JsonEdit.SetInside(json, at, "metadata", name, value);

    private static List<StoryField> Metadata(
        string json, int at, ref string? repeated, out string? position, out string? size)
    {
        var fields = JsonScan.Fields(json, at, out var twice);
        repeated ??= twice;
        position = fields.Find(field => field is { Name: "position", IsJson: false })?.Value;
        size = fields.Find(field => field is { Name: "size", IsJson: false })?.Value;
        return fields.FindAll(field => field is not { Name: "position" or "size", IsJson: false });
    }
}
