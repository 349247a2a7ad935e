namespace Undercroft.Stories;

/// <summary>One passage of whisker's JSON, in any dialect.</summary>
internal sealed record WhiskerPassage
{
    public string Name { get; private init; } = "";

    public IReadOnlyList<string> Tags { get; private init; } = [];

    public string Body { get; private init; } = "";

    public PassagePoint? Position { get; private init; }

    public PassagePoint? Size { get; private init; }

    /// <summary>Everything else: the id, choices, scripts, metadata.</summary>
    public IReadOnlyList<StoryField> Fields { get; private init; } = [];

    /// <summary>The key that is given twice; null where none is.</summary>
    public string? Repeated { get; private init; }

    /// <summary>Whether the file gives two texts that differ.</summary>
    public bool HasTwoTexts { get; private init; }

    public string? Id => IdOf(Fields);

    public static string? IdOf(IReadOnlyList<StoryField> fields) =>
        fields.FirstOrDefault(field => field is { Name: "id", IsJson: false, Value.Length: > 0 })?.Value;

    public static WhiskerPassage Parse(string raw)
    {
        var at = EntryText.ObjectStart(raw);
        var all = JsonScan.Fields(raw, at, out var repeated);
        if (at > 0 && IdOf(all) is null && !all.Exists(field => field.Name == "id"))
        {
            all.Insert(0, new StoryField("id", EntryText.KeyOf(raw)));
        }

        var body = all.Find(field => field is { Name: "text", IsJson: false })
            ?? all.Find(field => field is { Name: "content", IsJson: false });
        var name = all.Find(field => field is { Name: "name", IsJson: false })
            ?? all.Find(field => field is { Name: "title", IsJson: false });
        var tags = Find(all, "tags") is { } list ? JsonScan.Texts(list.Value, 0) : null;
        var position = WhiskerPlace.Read(all, "position", "x", "y");
        var size = WhiskerPlace.Read(all, "size", "width", "height");
        return new WhiskerPassage
        {
            Name = name?.Value ?? IdOf(all) ?? "",
            Tags = tags ?? [],
            Body = body?.Value ?? "",
            Position = position,
            Size = size,
            Fields = all.FindAll(field => !ReferenceEquals(field, name)
                && !(field is { Name: "text" or "content", IsJson: false } && field.Value == body?.Value)
                && !(field.Name == "tags" && tags is not null)
                && !(field.Name == "position" && position is not null)
                && !(field.Name == "size" && size is not null)),
            Repeated = repeated,
            HasTwoTexts = body?.Name == "text"
                && all.Exists(field => field is { Name: "content", IsJson: false } && field.Value != body.Value),
        };

        static StoryField? Find(List<StoryField> fields, string name) =>
            fields.Find(field => field.Name == name && field.IsJson);
    }

    public static WhiskerPassage Of(Passage passage, IReadOnlyList<StoryField> fields) => new()
    {
        Name = passage.Name,
        Tags = passage.Tags,
        Body = passage.Body,
        Position = Optional.Point(passage.Position?.Raw),
        Size = Optional.Point(passage.Size?.Raw),
        Fields = fields,
    };

    public bool Says(WhiskerPassage other) =>
        Name == other.Name && Body == other.Body && Position == other.Position && Size == other.Size
        && Tags.SequenceEqual(other.Tags) && Fields.SequenceEqual(other.Fields);

    /// <summary>The entry of a passage that is written anew.</summary>
    public string Write(WhiskerShape shape, string key)
    {
        var id = Fields.FirstOrDefault(field => field.Name == "id");
        var members = new List<StoryField>();
        if (id is not null)
        {
            members.Add(id);
        }

        members.Add(new StoryField("name", Name));
        members.AddRange(shape.TextKeys.Select(text => new StoryField(text, Body)));
        if (Tags.Count > 0)
        {
            members.Add(new StoryField("tags", JsonBuild.Array(Tags), IsJson: true));
        }

        members.AddRange(WhiskerPlace.Write("position", Position, "x", "y"));
        members.AddRange(WhiskerPlace.Write("size", Size, "width", "height"));
        members.AddRange(Fields.Where(field => !ReferenceEquals(field, id)));
        var json = JsonBuild.Object(members);
        return shape.IsMap ? $"{JsonStrings.Quote(key)}:{json}" : json;
    }

    /// <summary>The entry that said <paramref name="before"/>, changed where the passage says something else now.
    /// </summary>
    public string Edit(string raw, WhiskerPassage before)
    {
        var at = EntryText.ObjectStart(raw);
        foreach (var gone in before.Fields.Where(field => Fields.All(other => other.Name != field.Name)))
        {
            raw = JsonEdit.Set(raw, at, gone.Name, null);
        }

        foreach (var changed in Fields.Except(before.Fields))
        {
            raw = JsonEdit.Set(raw, at, changed.Name, JsonBuild.Value(changed));
        }

        var keys = JsonScan.Fields(raw, at, out _);
        raw = Name == before.Name ? raw : JsonEdit.Set(raw, at, NameKey(keys), JsonStrings.Quote(Name));
        raw = Tags.SequenceEqual(before.Tags) ? raw : JsonEdit.Set(raw, at, "tags", JsonBuild.Array(Tags));
        raw = Position == before.Position ? raw : SetPlace(raw, at, "position", Position, "x", "y");
        raw = Size == before.Size ? raw : SetPlace(raw, at, "size", Size, "width", "height");
        if (Body == before.Body)
        {
            return raw;
        }

        var texts = keys.FindAll(field => field is { Name: "text" or "content", IsJson: false }
            && field.Value == before.Body);
        foreach (var key in texts.Count == 0 ? ["text"] : texts.ConvertAll(field => field.Name))
        {
            raw = JsonEdit.Set(raw, at, key, JsonStrings.Quote(Body));
        }

        return raw;
    }

    private static string SetPlace(string raw, int at, string key, PassagePoint? value, string first, string second) =>
        JsonEdit.Set(
            raw, at, key, WhiskerPlace.Write(key, value, first, second).Select(JsonBuild.Value).FirstOrDefault());

    private static string NameKey(List<StoryField> keys) =>
        keys.Exists(field => field is { Name: "name", IsJson: false }) ? "name"
        : keys.Exists(field => field is { Name: "title", IsJson: false }) ? "title"
        : "name";
}
