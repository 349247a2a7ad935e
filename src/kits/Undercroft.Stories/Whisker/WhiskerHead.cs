namespace Undercroft.Stories;

/// <summary>What a file of whisker says beside its passages, in any dialect.</summary>
internal sealed class WhiskerHead
{
    private static readonly string[] RootStarts = ["startPassage", "start_passage", "start"];

    public string Name { get; private set; } = "";

    public string? Ifid { get; private set; }

    public string? Start { get; private set; }

    public IReadOnlyList<string> Tags { get; private set; } = [];

    public IReadOnlyList<string> Stylesheets { get; private set; } = [];

    /// <summary>The scripts in JavaScript; those in Lua are a field.</summary>
    public IReadOnlyList<string> Scripts { get; private set; } = [];

    public JsonCarrier Carrier { get; private set; } = JsonCarrier.Empty;

    public IReadOnlyList<StoryField> Fields { get; private set; } = [];

    /// <summary>The value of <c>formatVersion</c>; null where there is none.</summary>
    public string? Version { get; private set; }

    /// <summary>The key that is given twice; null where none is.</summary>
    public string? Repeated { get; private set; }

    /// <summary>The keys of the title in <c>metadata</c>.</summary>
    public IReadOnlyList<string> TitleKeys { get; private set; } = ["title"];

    /// <summary>The key of the title at the root; null where it is not there.</summary>
    public string? RootTitle { get; private set; }

    /// <summary>The key of the start at the root; null where it is not there.</summary>
    public string? RootStart { get; private set; }

    /// <summary>Whether tags are an object with true for each, and no list.</summary>
    public bool HasTagMap { get; private set; }

    /// <summary>Reads a file without its passages.</summary>
    public static WhiskerHead Parse(string json)
    {
        var head = new WhiskerHead();
        var fields = JsonScan.Fields(json, JsonScan.Root(json), out var repeated);
        head.Repeated = repeated;
        head.Fields = fields.SelectMany(field => head.Take(field, fields)).ToArray();
        return head;
    }

    /// <summary>What further members of <c>metadata</c> and <c>settings</c> cannot be written beside what has their
    /// names in a shape.</summary>
    public IEnumerable<StoryField> Doubled(WhiskerShape shape) =>
        Inside("metadata")
            .Where(member => shape.TitleKeys.Contains(member.Name) || (Ifid is not null && member.Name == "ifid"))
            .Concat(Inside("settings").Where(member => (Start is not null && member.Name == "startPassage")
                || (Scripts.Count > 0 && member.Name == "scriptingLanguage")));

    /// <summary>The same without members of <c>metadata</c> and <c>settings</c>.</summary>
    public WhiskerHead Without(IReadOnlyList<StoryField> members) => With(
    [
        .. Fields.SelectMany(field => field.Name is "metadata" or "settings" && IsObject(field)
            ? Rest(field, JsonScan.Fields(field.Value, 0, out _).FindAll(member => !members.Contains(member)))
            : [field]),
    ]);

    /// <summary>The same with other fields.</summary>
    public WhiskerHead With(IReadOnlyList<StoryField> fields)
    {
        var head = (WhiskerHead)MemberwiseClone();
        head.Fields = fields;
        return head;
    }

    public static WhiskerHead Of(
        Story story,
        string? start,
        IReadOnlyList<string> stylesheets,
        IReadOnlyList<string> scripts,
        JsonCarrier carrier,
        IReadOnlyList<StoryField> fields) => new()
        {
            Name = story.Name,
            Ifid = Optional.Text(story.Ifid?.Raw),
            Start = start,
            Tags = story.Tags,
            Stylesheets = stylesheets,
            Scripts = scripts,
            Carrier = carrier,
            Fields = fields,
        };

    public bool Says(WhiskerHead other) =>
        Name == other.Name && Ifid == other.Ifid && Start == other.Start && Tags.SequenceEqual(other.Tags)
        && Stylesheets.SequenceEqual(other.Stylesheets) && Scripts.SequenceEqual(other.Scripts)
        && Carrier.Write() == other.Carrier.Write() && Fields.SequenceEqual(other.Fields);

    /// <summary>Whether a field would be read back as it is; others have a name that means something here.</summary>
    public static bool IsFree(StoryField field)
    {
        var head = Parse(JsonBuild.Object([field]));
        return head.Fields is [var only] && only == field;
    }

    /// <summary>The scripting language that a field <c>settings</c> names; null where it names none.</summary>
    public static string? Language(IEnumerable<StoryField> fields) =>
        fields.FirstOrDefault(field => field is { Name: "settings", IsJson: true }) is { } settings
            && settings.Value.StartsWith('{')
            ? JsonScan.Fields(settings.Value, 0, out _)
                .Find(field => field is { Name: "scriptingLanguage", IsJson: false })?.Value
            : null;

    /// <summary>All members but the passages, for a file that is written anew.</summary>
    public List<StoryField> Members(WhiskerShape shape)
    {
        var members = new List<StoryField>();
        if (shape.Version is { } version)
        {
            members.Add(new StoryField("format", "whisker"));
            members.Add(new StoryField("formatVersion", version));
        }

        var metadata = shape.TitleKeys.Select(key => new StoryField(key, Name)).ToList();
        metadata.AddRange(Ifid is null ? [] : [new StoryField("ifid", Ifid)]);
        metadata.AddRange(Inside("metadata"));
        members.Add(new StoryField("metadata", JsonBuild.Object(metadata), IsJson: true));
        members.AddRange(Tags.Count == 0 ? [] : [new StoryField("tags", JsonBuild.Array(Tags), IsJson: true)]);
        members.AddRange(Settings(shape));
        members.AddRange(Fields.Where(field => field.Name is not ("metadata" or "settings") || !IsObject(field)));
        members.AddRange(Stylesheets.Count == 0
            ? []
            : [new StoryField("stylesheets", JsonBuild.Array(Stylesheets), IsJson: true)]);
        members.AddRange(Scripts.Count == 0 ? [] : [new StoryField("scripts", JsonBuild.Array(Scripts), IsJson: true)]);
        members.AddRange(Carrier.Write() is { } carried
            ? [new StoryField(JsonCarrier.Key, carried, IsJson: true)]
            : []);
        return members;
    }

    private IEnumerable<StoryField> Settings(WhiskerShape shape)
    {
        var settings = new List<StoryField>();
        if (Start is not null && shape.HasRootStart)
        {
            yield return new StoryField("start_passage", Start);
        }
        else if (Start is not null)
        {
            settings.Add(new StoryField("startPassage", Start));
        }

        if (Scripts.Count > 0)
        {
            settings.Add(new StoryField("scriptingLanguage", "javascript"));
        }

        settings.AddRange(Inside("settings"));
        if (settings.Count > 0)
        {
            yield return new StoryField("settings", JsonBuild.Object(settings), IsJson: true);
        }
    }

    private List<StoryField> Inside(string name) =>
        Fields.FirstOrDefault(field => field.Name == name && IsObject(field)) is { } found
            ? JsonScan.Fields(found.Value, 0, out _)
            : [];

    public static bool IsObject(StoryField field) => field.IsJson && field.Value.StartsWith('{');

    private StoryField[] Take(StoryField field, List<StoryField> all)
    {
        switch (field)
        {
            case { Name: "passages" } when field.IsJson && field.Value[0] is '[' or '{':
            case { Name: "format", IsJson: false, Value: "whisker" }:
                return [];
            case { Name: "formatVersion", IsJson: false }:
                Version = field.Value;
                return [];
            case { Name: "metadata" } when IsObject(field):
                return TakeMetadata(field);
            case { Name: "title" or "name", IsJson: false } when RootTitle is null && IsWithoutTitle(all):
                (Name, RootTitle) = (field.Value, field.Name);
                return [];
            case { Name: "settings" } when IsObject(field):
                return TakeSettings(field, all);
            case { IsJson: false } when RootStarts.Contains(field.Name) && Start is null && !HasStart(all):
                (Start, RootStart) = (Optional.Text(field.Value), field.Name);
                return Start is null ? [field] : [];
            case { Name: "tags", IsJson: true } when ReadTags(field) is { } tags:
                Tags = tags;
                return [];
            case { Name: "stylesheets", IsJson: true } when JsonScan.Texts(field.Value, 0) is { } sheets:
                Stylesheets = sheets;
                return [];
            case { Name: "scripts", IsJson: true } when IsJavaScript(all) && JsonScan.Texts(field.Value, 0) is { } code:
                Scripts = code;
                return [];
            case { Name: JsonCarrier.Key } when JsonCarrier.Parse(field) is { } carrier:
                Carrier = carrier;
                return [];
            default:
                return [field];
        }
    }

    private StoryField[] TakeMetadata(StoryField field)
    {
        var members = JsonScan.Fields(field.Value, 0, out _);
        var title = members.Find(member => member is { Name: "title", IsJson: false })
            ?? members.Find(member => member is { Name: "name", IsJson: false });
        var ifid = members.Find(member => member is { Name: "ifid", IsJson: false, Value.Length: > 0 });
        if (title is not null)
        {
            Name = title.Value;
            TitleKeys =
            [
                .. members.Where(member => member is { Name: "title" or "name", IsJson: false } && member.Value == Name)
                    .Select(member => member.Name),
            ];
        }

        Ifid = ifid?.Value;
        var rest = members.FindAll(member =>
            !ReferenceEquals(member, ifid) && (title is null || !TitleKeys.Contains(member.Name)));
        return Rest(field, rest);
    }

    private StoryField[] TakeSettings(StoryField field, List<StoryField> all)
    {
        var members = JsonScan.Fields(field.Value, 0, out _);
        var start = members.Find(member => member is { Name: "startPassage", IsJson: false, Value.Length: > 0 });
        Start = start?.Value ?? Start;
        RootStart = start is null ? RootStart : null;
        var isTaken = IsJavaScript(all) && all.Exists(other => other is { Name: "scripts", IsJson: true }
            && JsonScan.Texts(other.Value, 0) is { Count: > 0 });
        return Rest(field, members.FindAll(member =>
            !ReferenceEquals(member, start) && !(isTaken && member.Name == "scriptingLanguage")));
    }

    private static StoryField[] Rest(StoryField field, List<StoryField> rest) =>
        rest.Count == 0 ? [] : [field with { Value = JsonBuild.Object(rest) }];

    private List<string>? ReadTags(StoryField field)
    {
        if (!field.Value.StartsWith('{'))
        {
            return JsonScan.Texts(field.Value, 0);
        }

        var members = JsonScan.Fields(field.Value, 0, out _);
        HasTagMap = members.TrueForAll(member => member is { IsJson: true, Value: "true" });
        return HasTagMap ? members.ConvertAll(member => member.Name) : null;
    }

    private static bool IsWithoutTitle(List<StoryField> all) =>
        all.Find(field => field.Name == "metadata" && IsObject(field)) is not { } metadata
        || !JsonScan.Fields(metadata.Value, 0, out _)
            .Exists(member => member is { Name: "title" or "name", IsJson: false });

    private static bool HasStart(List<StoryField> all) =>
        all.Find(field => field.Name == "settings" && IsObject(field)) is { } settings
        && JsonScan.Fields(settings.Value, 0, out _)
            .Exists(member => member is { Name: "startPassage", IsJson: false, Value.Length: > 0 });

    private static bool IsJavaScript(List<StoryField> all) =>
        Language(all) is { } language && WhiskerCode.IsJavaScript(language);
}
