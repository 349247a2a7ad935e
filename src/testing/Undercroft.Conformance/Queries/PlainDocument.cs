using System.Text.Json;

namespace Undercroft.Conformance.Queries;

/// <summary>A document as it was written, with what its record says of it, and the values of its paths.</summary>
internal sealed record PlainDocument(JsonElement Json, Document<RawJson>? Record = null)
{
    /// <summary>The values of a path: at least one, which is null where the path reaches nothing.</summary>
    public List<PlainValue> ValuesOf(PlainPath path, bool asTime = false)
    {
        var values = path.Text switch
        {
            "$id" => [new PlainValue(PlainValue.String, Text: Record!.Id)],
            "$tags" => [.. Record!.Tags.Select(static tag =>
                new PlainValue(PlainValue.String, Text: tag, IsElement: true))],
            "$revision" => [new PlainValue(PlainValue.Numeric, Record!.Revision.Value)],
            "$createdAt" => [PlainValue.Of(Record!.CreatedAt)],
            "$expiresAt" => [PlainValue.Of(Record!.ExpiresAt)],
            _ => Reach(path, PlainValue.Of),
        };
        if (asTime)
        {
            values = values.ConvertAll(static value =>
                value.Rank == PlainValue.String && PlainTimes.All.TryGetValue(value.Text, out var time)
                    ? PlainValue.Of(time) with { IsElement = value.IsElement }
                    : value);
        }

        return values.Count == 0 ? [new PlainValue(PlainValue.Null)] : values;
    }

    public bool Has(PlainPath path) => IsThere(Json, path.Names);

    /// <summary>What a path reaches, arrays opened, each as a document of its own.</summary>
    public List<PlainDocument> ElementsOf(PlainPath path)
    {
        var found = new List<PlainDocument>();
        Walk(Json, path.Names, isElement: false, (json, _) => found.Add(new PlainDocument(json)));
        return found;
    }

    private List<PlainValue> Reach(PlainPath path, Func<JsonElement, PlainValue> read)
    {
        var found = new List<PlainValue>();
        Walk(Json, path.Names, isElement: false, (json, isElement) =>
            found.Add(read(json) with { IsElement = isElement }));
        return found;
    }

    private static void Walk(
        JsonElement json, ReadOnlySpan<string> names, bool isElement, Action<JsonElement, bool> found)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                Walk(item, names, isElement: true, found);
            }
        }
        else if (names.IsEmpty)
        {
            found(json, isElement);
        }
        else if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(names[0], out var inner))
        {
            Walk(inner, names[1..], isElement: false, found);
        }
    }

    private static bool IsThere(JsonElement json, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty)
        {
            return true;
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
            {
                if (IsThere(item, names))
                {
                    return true;
                }
            }
        }

        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(names[0], out var inner) &&
            IsThere(inner, names[1..]);
    }
}

/// <summary>A path as it is written in a query, and the names it goes through.</summary>
internal sealed record PlainPath(string Text, params string[] Names)
{
    public override string ToString() => Text;
}

/// <summary>Times as documents may write them, and what they mean.</summary>
internal static class PlainTimes
{
    public static Dictionary<string, DateTimeOffset> All { get; } = new(StringComparer.Ordinal)
    {
        ["2024-05-01"] = new(2024, 5, 1, 0, 0, 0, TimeSpan.Zero),
        ["2024-05-01T00:00:00+02:00"] = new(2024, 4, 30, 22, 0, 0, TimeSpan.Zero),
        ["2024-04-30T22:00:00Z"] = new(2024, 4, 30, 22, 0, 0, TimeSpan.Zero),
        ["2024-05-01T10:30"] = new(2024, 5, 1, 10, 30, 0, TimeSpan.Zero),
        ["0001-01-01T00:00:00Z"] = DateTimeOffset.MinValue,
        ["9999-12-31T23:59:59.9999999Z"] = DateTimeOffset.MaxValue,
        ["2024-05-01T10:30:00.00000019Z"] = new DateTimeOffset(2024, 5, 1, 10, 30, 0, TimeSpan.Zero).AddTicks(1),
    };
}
