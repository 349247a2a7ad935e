namespace Undercroft.Stories;

/// <summary>Positions and sizes: objects of two numbers in whisker, two numbers in one text in Twine.</summary>
internal static class WhiskerPlace
{
    /// <summary>Reads one; null where the file has none, or one of another make.</summary>
    public static PassagePoint? Read(List<StoryField> fields, string key, string first, string second)
    {
        var field = fields.Find(candidate => candidate.Name == key);
        if (field is { IsJson: false })
        {
            return Optional.Point(field.Value);
        }

        if (field?.Value.StartsWith('{') != true)
        {
            return null;
        }

        var members = JsonScan.Fields(field.Value, 0, out _);
        var (x, y) = (Number(members, first), Number(members, second));
        return members.Count == 2 && x is not null && y is not null ? new PassagePoint($"{x},{y}") : null;
    }

    /// <summary>Writes one, as text where it is not two numbers.</summary>
    public static IEnumerable<StoryField> Write(string key, PassagePoint? place, string first, string second)
    {
        if (place is null)
        {
            return [];
        }

        var comma = place.Raw.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !JsonStrings.IsNumber(place.Raw.AsSpan(0, comma))
            || !JsonStrings.IsNumber(place.Raw.AsSpan(comma + 1)))
        {
            return [new StoryField(key, place.Raw)];
        }

        return
        [
            new StoryField(
                key, $"{{\"{first}\":{place.Raw[..comma]},\"{second}\":{place.Raw[(comma + 1)..]}}}", IsJson: true),
        ];
    }

    private static string? Number(List<StoryField> members, string name) =>
        members.Find(member => member.Name == name && member.IsJson && JsonStrings.IsNumber(member.Value))?.Value;
}
