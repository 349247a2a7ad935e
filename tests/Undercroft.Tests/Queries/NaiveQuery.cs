using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Indexes;
using Undercroft.Queries;
using Undercroft.Tests.Indexes;

namespace Undercroft.Tests.Queries;

/// <summary>Says what queries mean by other means than the product: whole documents, plain comparisons.</summary>
internal static class NaiveQuery
{
    public static bool Holds(Filter filter, JsonElement document, string id, IReadOnlyList<string> tags) =>
        filter switch
    {
        AndFilter all => all.Filters.All(part => Holds(part, document, id, tags)),
        OrFilter some => some.Filters.Any(part => Holds(part, document, id, tags)),
        NotFilter not => !Holds(not.Inner, document, id, tags),
        ExistsFilter exists => Reached(document, exists.Path.Names, 0),
        ElementFilter element => Elements(document, element.Path.Names, 0)
            .Any(item => Holds(element.Element, item, id, tags)),
        FieldFilter field => Values(field.Path, document, id, tags)
            .Any(value => field.Conditions.All(condition => Meets(condition, value.Value, value.IsElement))),
        _ => throw new NotSupportedException(),
    };

    /// <summary>The values of an order's field that count: those within the bounds the filter sets on it.</summary>
    public static List<JsonElement?> Sortable(IndexField field, Filter filter, JsonElement document, string id)
    {
        var values = Values(field.Path, document, id, []).Select(static value => value.Value).ToList();
        var bounding = (filter is AndFilter all ? all.Filters : [filter])
            .OfType<FieldFilter>()
            .FirstOrDefault(part =>
                part.Path.Equals(field.Path) &&
                part.Conditions.Any(static c => c.Operator != ConditionOperator.Contains));
        return bounding is null
            ? values
            : [.. values.Where(value => bounding.Conditions
                .Where(static c => c.Operator != ConditionOperator.Contains)
                .All(condition => Meets(condition, value, false)))];
    }

    public static int Compare(JsonElement? left, JsonElement? right)
    {
        var kinds = Rank(left).CompareTo(Rank(right));
        return kinds != 0 ? kinds
            : left is not { } a ? 0
            : a.ValueKind switch
            {
                JsonValueKind.Number => Nasty.CompareNumbers(a.GetRawText(), right!.Value.GetRawText()),
                JsonValueKind.String => Bytes(a).AsSpan().SequenceCompareTo(Bytes(right!.Value)),
                _ => 0,
            };
    }

    private static byte[] Bytes(JsonElement text) => Encoding.UTF8.GetBytes(text.GetString()!);

    private static int Rank(JsonElement? value) => value?.ValueKind switch
    {
        null or JsonValueKind.Null => 0,
        JsonValueKind.False => 1,
        JsonValueKind.True => 2,
        JsonValueKind.Number => 3,
        JsonValueKind.String => 4,
        _ => 5,
    };

    private static bool Meets(Condition condition, JsonElement? value, bool isElement)
    {
        var operands = condition.Values.Select(Json).ToList();
        int? order = operands.Count == 1 && Kind(value) == Kind(operands[0]) ? Compare(value, operands[0]) : null;
        return condition.Operator switch
        {
            ConditionOperator.Equal => order == 0,
            ConditionOperator.In => operands.Any(operand => Compare(value, operand) == 0),
            ConditionOperator.Less => order < 0,
            ConditionOperator.LessOrEqual => order <= 0,
            ConditionOperator.Greater => order > 0,
            ConditionOperator.GreaterOrEqual => order >= 0,
            ConditionOperator.StartsWith => value is { ValueKind: JsonValueKind.String } text &&
                text.GetString()!.StartsWith(operands[0]!.Value.GetString()!, StringComparison.Ordinal),
            _ when isElement => order == 0,
            _ => value is { ValueKind: JsonValueKind.String } text &&
                operands[0] is { ValueKind: JsonValueKind.String } part &&
                text.GetString()!.Contains(part.GetString()!, StringComparison.Ordinal),
        };
    }

    private static int Kind(JsonElement? value) => Rank(value) is 2 ? 1 : Rank(value);

    private static JsonElement? Json(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Null => null,
        FieldValueKind.Text => JsonSerializer.SerializeToElement(value.Text),
        _ => JsonDocument.Parse(value.ToString()).RootElement,
    };

    private static List<(JsonElement? Value, bool IsElement)> Values(
        FieldPath path, JsonElement document, string id, IReadOnlyList<string> tags)
    {
        List<(JsonElement? Value, bool IsElement)> values = path.ToString() switch
        {
            "$id" => [(JsonSerializer.SerializeToElement(id), false)],
            "$tags" => [.. tags.Select(static tag => ((JsonElement?)JsonSerializer.SerializeToElement(tag), true))],
            _ => Leaves(document, path.Names, 0, false),
        };
        return values.Count == 0 ? [(null, false)] : values;
    }

    private static List<(JsonElement? Value, bool IsElement)> Leaves(
        JsonElement at, IReadOnlyList<string> names, int depth, bool isElement) =>
        at.ValueKind == JsonValueKind.Array
            ? [.. at.EnumerateArray().SelectMany(item => Leaves(item, names, depth, true))]
        : depth == names.Count ? [(at.ValueKind == JsonValueKind.Null ? null : at, isElement)]
        : at.ValueKind == JsonValueKind.Object && at.TryGetProperty(names[depth], out var next)
            ? Leaves(next, names, depth + 1, false)
        : [];

    private static List<JsonElement> Elements(JsonElement at, IReadOnlyList<string> names, int depth) =>
        at.ValueKind == JsonValueKind.Array ? [.. at.EnumerateArray().SelectMany(item => Elements(item, names, depth))]
        : depth == names.Count ? [at]
        : at.ValueKind == JsonValueKind.Object && at.TryGetProperty(names[depth], out var next)
            ? Elements(next, names, depth + 1)
        : [];

    private static bool Reached(JsonElement at, IReadOnlyList<string> names, int depth) =>
        depth == names.Count
        || (at.ValueKind == JsonValueKind.Array && at.EnumerateArray().Any(item => Reached(item, names, depth)))
        || (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(names[depth], out var next) &&
            Reached(next, names, depth + 1));
}
