namespace Undercroft.Stories;

/// <summary>
/// The attribute <c>data-undercroft</c>: one JSON object with what Twine HTML has no place for. Other tools ignore it.
/// </summary>
internal sealed record HtmlCarrier
{
    public const string Attribute = "data-undercroft";

    public string? Name { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public string? Position { get; init; }

    public string? Size { get; init; }

    public IReadOnlyList<StoryField> Fields { get; init; } = [];

    public IReadOnlyDictionary<string, string> Extensions { get; init; } = NoExtensions.Value;

    public bool IsEmpty =>
        Name is null && Tags is null && Position is null && Size is null && Fields.Count == 0 && Extensions.Count == 0;

    /// <summary>Reads the attribute's value; null where it is not what <see cref="Write"/> writes.</summary>
    public static HtmlCarrier? Parse(string json)
    {
        return JsonFields.Parse(json, out _) is { Count: > 0 } members ? Of(members) : null;
    }

    /// <summary>Reads the members of the object; null where one is not what <see cref="Members"/> makes.</summary>
    public static HtmlCarrier? Of(IEnumerable<StoryField> members)
    {
        var carrier = new HtmlCarrier();
        foreach (var member in members)
        {
            var next = Take(carrier, member);
            if (next is null)
            {
                return null;
            }

            carrier = next;
        }

        return carrier;
    }

    public string Write() => JsonFields.Write(Members());

    /// <summary>What there is to carry.</summary>
    public IEnumerable<StoryField> Members()
    {
        var members = new List<StoryField>();
        Add("name", Name);
        if (Tags is not null)
        {
            members.Add(new StoryField("tags", JsonFields.WriteArray(Tags), IsJson: true));
        }

        Add("position", Position);
        Add("size", Size);
        if (Fields.Count > 0)
        {
            members.Add(new StoryField("fields", JsonFields.Write(Fields), IsJson: true));
        }

        if (Extensions.Count > 0)
        {
            var texts = Extensions.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new StoryField(pair.Key, pair.Value));
            members.Add(new StoryField("extensions", JsonFields.Write(texts), IsJson: true));
        }

        return members;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                members.Add(new StoryField(key, value));
            }
        }
    }

    private static HtmlCarrier? Take(HtmlCarrier carrier, StoryField member) => member switch
    {
        { Name: "name", IsJson: false } => carrier with { Name = member.Value },
        { Name: "position", IsJson: false } => carrier with { Position = member.Value },
        { Name: "size", IsJson: false } => carrier with { Size = member.Value },
        { Name: "tags", IsJson: true } when JsonFields.ParseArray(member.Value) is { } tags =>
            carrier with { Tags = tags },
        { Name: "fields", IsJson: true } when JsonFields.Parse(member.Value, out _) is { } fields =>
            carrier with { Fields = fields },
        { Name: "extensions", IsJson: true }
            when JsonFields.Parse(member.Value, out _) is { } texts && !texts.Exists(text => text.IsJson) =>
            carrier with { Extensions = texts.ToDictionary(text => text.Name, text => text.Value) },
        _ => null,
    };
}
