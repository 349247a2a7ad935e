using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Reads filters and queries from their JSON form; every error names its place.</summary>
internal static class FilterReader
{
    public const int TextLengthMax = 256 * 1024;
    public const int DepthMax = 32;

    private const string Operators = "eq, ne, lt, lte, gt, gte, in, startsWith, contains, exists, any, all, each";

    private static readonly JsonDocumentOptions Options =
        new() { MaxDepth = 2 * DepthMax, AllowDuplicateProperties = false };

    public static Filter ReadFilter(string json) => Read(json, "filter", static root => Filter(root, "$", 0));

    /// <summary>Reads a JSON text of bounded length and depth.</summary>
    /// <param name="json">The text.</param>
    /// <param name="what">What it should be, for errors.</param>
    /// <param name="read">Reads its root.</param>
    public static TResult Read<TResult>(string json, string what, Func<JsonElement, TResult> read)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > TextLengthMax)
        {
            throw new ArgumentException(
                $"The {what} has " +
                FormattableString.Invariant($"{json.Length} characters; at most {TextLengthMax} are allowed. ") +
                "Shorten it.",
                nameof(json));
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return read(document.RootElement);
        }
        catch (InvalidOperationException error)
        {
            throw new ArgumentException(
                $"The {what} has a name that is not valid Unicode: half a surrogate pair. Use whole characters.",
                nameof(json),
                error);
        }
        catch (JsonException error)
        {
            throw new ArgumentException(
                $"The {what} is not JSON at {JsonPlace.Of(error)}: {JsonPlace.Reason(error)}.",
                nameof(json),
                error);
        }
    }

    public static Filter Filter(JsonElement json, string at, int depth)
    {
        Expect(json, JsonValueKind.Object, at, "an object such as {\"author\": \"Ann\"}");
        if (depth > DepthMax)
        {
            throw Error(at, FormattableString.Invariant($"at most {DepthMax} filters inside each other"), "more");
        }

        return Queries.Filter.And(
            json.EnumerateObject().Select(member => Member(member, $"{at}.{member.Name}", depth)).ToList());
    }

    public static ArgumentException Error(string at, string expected, string found) =>
        new($"The filter is wrong at {Names.Show(at)}: expected {expected}; found {found}.");

    public static void Expect(JsonElement json, JsonValueKind kind, string at, string expected)
    {
        if (json.ValueKind != kind)
        {
            throw Error(at, expected, Show(json));
        }
    }

    public static string Show(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Names.Show(json.GetRawText()),
    };

    public static string Text(JsonElement json, string at, string expected)
    {
        Expect(json, JsonValueKind.String, at, expected);
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error(at, "valid Unicode", "half a surrogate pair");
        }
    }

    private static Filter Member(JsonProperty member, string at, int depth) => member.Name switch
    {
        "and" => Queries.Filter.And(List(member.Value, at, depth)),
        "or" => Queries.Filter.Or(List(member.Value, at, depth)),
        "not" => Queries.Filter.Not(Filter(member.Value, at, depth + 1)),
        _ => Field(PathOf(member.Name, at), member.Value, at, depth),
    };

    private static List<Filter> List(JsonElement json, string at, int depth)
    {
        Expect(json, JsonValueKind.Array, at, "an array of filters");
        return json.GetArrayLength() == 0
            ? throw Error(at, "at least one filter", "an empty array")
            : [.. json.EnumerateArray().Select((item, i) => Filter(item, Indexed(at, i), depth + 1))];
    }

    private static FieldPath PathOf(string text, string at) =>
        text.Length > 0 && FieldPath.TryParse(text, out var path, out var problem) ? path
        : throw Error(at, "a path such as 'author.name'", text.Length == 0 ? "an empty name" : Problem(text));

    private static string Problem(string text)
    {
        _ = FieldPath.TryParse(text, out _, out var problem);
        return problem ?? "";
    }

    private static Filter Field(FieldPath path, JsonElement json, string at, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object || IsTime(json))
        {
            return new FieldFilter(path, [new(ConditionOperator.Equal, Value(path, json, at))]);
        }

        List<Condition> conditions = [];
        List<Filter> filters = [];
        foreach (var member in json.EnumerateObject())
        {
            Operator(path, member, $"{at}.{member.Name}", depth, conditions, filters);
        }

        if (conditions.Count > 0)
        {
            filters.Insert(0, new FieldFilter(path, conditions));
        }

        return filters.Count == 0
            ? throw Error(at, $"a value or one of {Operators}", "an empty object")
            : Queries.Filter.And(filters);
    }

    private static void Operator(
        FieldPath path, JsonProperty member, string at, int depth, List<Condition> conditions, List<Filter> filters)
    {
        var json = member.Value;
        switch (member.Name)
        {
            case "ne":
                var same = new FieldFilter(path, [new(ConditionOperator.Equal, Value(path, json, at))]);
                filters.Add(Queries.Filter.Not(same));
                break;
            case "exists":
                var isWanted = json.ValueKind is JsonValueKind.True or JsonValueKind.False
                    ? json.GetBoolean()
                    : throw Error(at, "true or false", Show(json));
                var exists = new ExistsFilter(path);
                filters.Add(isWanted ? exists : Queries.Filter.Not(exists));
                break;
            case "any" when json.ValueKind == JsonValueKind.Object && !path.IsRecordField:
                filters.Add(new ElementFilter(path, Filter(json, at, depth + 1)));
                break;
            case "any":
                conditions.Add(new(ConditionOperator.In, Values(path, json, at)));
                break;
            case "all":
                filters.AddRange(Values(path, json, at)
                    .Select(value => new FieldFilter(path, [new(ConditionOperator.Equal, value)])));
                break;
            case "each":
                Expect(json, JsonValueKind.Array, at, "an array of conditions");
                var i = 0;
                foreach (var item in json.EnumerateArray())
                {
                    var place = Indexed(at, i++);
                    Expect(item, JsonValueKind.Object, place, "a condition such as {\"gte\": 3}");
                    conditions.AddRange(item.EnumerateObject().Select(c => Comparison(path, c, $"{place}.{c.Name}")));
                }

                break;
            default:
                conditions.Add(Comparison(path, member, at));
                break;
        }
    }

    private static Condition Comparison(FieldPath path, JsonProperty member, string at)
    {
        ConditionOperator? found = member.Name switch
        {
            "eq" => ConditionOperator.Equal,
            "lt" => ConditionOperator.Less,
            "lte" => ConditionOperator.LessOrEqual,
            "gt" => ConditionOperator.Greater,
            "gte" => ConditionOperator.GreaterOrEqual,
            "in" => ConditionOperator.In,
            "startsWith" => ConditionOperator.StartsWith,
            "contains" => ConditionOperator.Contains,
            _ => null,
        };
        if (found is not { } @operator)
        {
            throw Error(
                at,
                $"one of {Operators}, or a path with dots for a field inside",
                $"the name {Names.Show(member.Name)}");
        }

        if (@operator == ConditionOperator.In)
        {
            return new(@operator, Values(path, member.Value, at));
        }

        if (@operator == ConditionOperator.StartsWith)
        {
            return new(@operator, FieldValue.From(Text(member.Value, at, "a string")));
        }

        return new(@operator, Value(path, member.Value, at));
    }

    private static List<FieldValue> Values(FieldPath path, JsonElement json, string at)
    {
        Expect(json, JsonValueKind.Array, at, "an array of values");
        return json.GetArrayLength() > Condition.ValuesMax
            ? throw Error(
                at,
                FormattableString.Invariant($"at most {Condition.ValuesMax} values"),
                json.GetArrayLength().ToString(CultureInfo.InvariantCulture))
            : [.. json.EnumerateArray().Select((item, i) => Value(path, item, Indexed(at, i)))];
    }

    private static FieldValue Value(FieldPath path, JsonElement json, string at)
    {
        const string Expected = "null, true, false, a number, a string or {\"$time\": \"2024-05-01T10:00:00Z\"}";
        switch (json.ValueKind)
        {
            case JsonValueKind.String when path.IsRecordTime:
                return Time(Text(json, at, Expected), at);
            case JsonValueKind.String:
                return FieldValue.From(Text(json, at, Expected));
            case JsonValueKind.Object when IsTime(json):
                return Time(Text(json.EnumerateObject().First().Value, at, "a time as text"), at);
            case JsonValueKind.Object or JsonValueKind.Array:
                throw Error(at, Expected, Show(json));
            default:
                return FieldValue.From(json);
        }
    }

    private static FieldValue Time(string text, string at) =>
        TimeText.TryRead(Encoding.UTF8.GetBytes(text), out var time)
            ? FieldValue.From(time)
            : throw Error(at, "an ISO 8601 time such as 2024-05-01T10:00:00Z", Names.Show(text));

    private static bool IsTime(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.GetPropertyCount() == 1 &&
        json.EnumerateObject().First().NameEquals(FilterWriter.Time);

    private static string Indexed(string at, int i) => string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]");
}
