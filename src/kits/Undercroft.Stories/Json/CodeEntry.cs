namespace Undercroft.Stories;

/// <summary>What a format in JSON that holds scripts and stylesheets as plain texts cannot say about one of them.
/// </summary>
/// <param name="At">Its place in the story; null where it is the usual one.</param>
/// <param name="Kind">What it is, where it is kept here with its text; null where the format has a place for
/// it.</param>
/// <param name="Body">That text; null likewise.</param>
/// <param name="Carrier">The rest.</param>
internal sealed record CodeEntry(int? At, PassageKind? Kind, string? Body, HtmlCarrier Carrier)
{
    public static CodeEntry None { get; } = new(null, null, null, new HtmlCarrier());

    public bool IsEmpty => At is null && Kind is null && Carrier.IsEmpty;

    /// <summary>Reads an entry; null where it is not what <see cref="Write"/> writes.</summary>
    public static CodeEntry? Parse(string json)
    {
        if (!json.StartsWith('{'))
        {
            return null;
        }

        int? at = null;
        PassageKind? kind = null;
        string? body = null;
        var rest = new List<StoryField>();
        foreach (var member in JsonScan.Fields(json, 0, out _))
        {
            switch (member)
            {
                case { Name: "at", IsJson: true } when int.TryParse(member.Value, out var place) && place >= 0:
                    at = place;
                    break;
                case { Name: "kind", IsJson: false, Value: "script" }:
                    kind = PassageKind.Script;
                    break;
                case { Name: "kind", IsJson: false, Value: "stylesheet" }:
                    kind = PassageKind.Stylesheet;
                    break;
                case { Name: "body", IsJson: false }:
                    body = member.Value;
                    break;
                default:
                    rest.Add(member);
                    break;
            }
        }

        return HtmlCarrier.Of(rest) is { } carrier && (kind is null) == (body is null)
            ? new CodeEntry(at, kind, body, carrier)
            : null;
    }

    public string Write()
    {
        var members = new List<StoryField>();
        if (At is { } place)
        {
            members.Add(new StoryField("at", place.ToString(System.Globalization.CultureInfo.InvariantCulture), true));
        }

        if (Kind is { } kind)
        {
            members.Add(new StoryField("kind", TweePassages.TagOf(kind)));
            members.Add(new StoryField("body", Body!));
        }

        return JsonBuild.Object(members.Concat(Carrier.Members()));
    }
}
