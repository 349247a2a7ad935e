using System.Globalization;
using System.Text.Json;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>What a query asks for, apart from the collection. Immutable; its text is its JSON form.</summary>
public sealed record QuerySpec
{
    /// <summary>The most fields of an order.</summary>
    public const int OrderFieldsMax = 16;

    /// <summary>Which documents; the default is all.</summary>
    public Filter Where { get; init; } = Filter.All;

    /// <summary>In what order; empty means the order that costs least. Documents equal in all fields come in an order
    /// that stays the same from page to page.</summary>
    /// <remarks>Where a field has several values in a document, the first of them in the field's direction counts, of
    /// those the filter asks for, where it bounds the field.</remarks>
    public IReadOnlyList<IndexField> Order { get; init; } = [];

    /// <summary>The most documents of a page, or of a stream; null means 100 a page, and no end to a stream.</summary>
    public int? Limit { get; init; }

    /// <summary>The place to go on behind, from the page before; null begins at the beginning.</summary>
    public string? After { get; init; }

    /// <summary>Whether to refuse where no index serves filter and order.</summary>
    public bool RequireIndex { get; init; }

    /// <summary>Reads the JSON form: <c>{"where": {…}, "order": ["-score", "title"], "limit": 50, "after": "…",
    /// "requireIndex": true}</c>, every member optional.</summary>
    /// <exception cref="ArgumentException">It is not such a form; the message names the place.</exception>
    public static QuerySpec Parse(string json) => FilterReader.Read(json, "query", Read);

    /// <summary>Compares by content.</summary>
    public bool Equals(QuerySpec? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the JSON form, which <see cref="Parse"/> reads back.</summary>
    public override string ToString() => FilterWriter.Text(json =>
    {
        json.WriteStartObject();
        if (!ReferenceEquals(Where, Filter.All))
        {
            json.WritePropertyName("where");
            FilterWriter.WriteObject(json, Where);
        }

        if (Order.Count > 0)
        {
            json.WriteStartArray("order");
            foreach (var field in Order)
            {
                json.WriteStringValue(field.ToString());
            }

            json.WriteEndArray();
        }

        if (Limit is { } limit)
        {
            json.WriteNumber("limit", limit);
        }

        if (After is { } after)
        {
            json.WriteString("after", after);
        }

        if (RequireIndex)
        {
            json.WriteBoolean("requireIndex", true);
        }

        json.WriteEndObject();
    });

    private static QuerySpec Read(JsonElement root)
    {
        FilterReader.Expect(root, JsonValueKind.Object, "$", "an object with 'where', 'order' or 'limit'");
        var spec = new QuerySpec();
        foreach (var member in root.EnumerateObject())
        {
            var (at, value) = ($"$.{member.Name}", member.Value);
            spec = member.Name switch
            {
                "where" => spec with { Where = FilterReader.Filter(value, at, 0) },
                "order" => spec with { Order = ReadOrder(value, at) },
                "limit" => spec with { Limit = ReadLimit(value, at) },
                "after" => spec with { After = FilterReader.Text(value, at, "a cursor") },
                "requireIndex" when value.ValueKind is JsonValueKind.True or JsonValueKind.False =>
                    spec with { RequireIndex = value.GetBoolean() },
                "requireIndex" => throw FilterReader.Error(at, "true or false", FilterReader.Show(value)),
                _ => throw FilterReader.Error(
                    at, "'where', 'order', 'limit', 'after' or 'requireIndex'", $"the name {Names.Show(member.Name)}"),
            };
        }

        return spec;
    }

    private static List<IndexField> ReadOrder(JsonElement json, string at)
    {
        FilterReader.Expect(json, JsonValueKind.Array, at, "an array of fields such as [\"-score\", \"title\"]");
        List<IndexField> order = [];
        foreach (var item in json.EnumerateArray())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{at}[{order.Count}]");
            if (order.Count == OrderFieldsMax)
            {
                throw FilterReader.Error(
                    place, FormattableString.Invariant($"at most {OrderFieldsMax} fields"), "more");
            }

            var text = FilterReader.Text(item, place, "a field such as \"-score\"");
            try
            {
                order.Add(IndexField.Parse(text));
            }
            catch (ArgumentException)
            {
                throw FilterReader.Error(place, "a field such as \"-score\" or \"at:time\"", Names.Show(text));
            }
        }

        return order;
    }

    private static int ReadLimit(JsonElement json, string at) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var limit) && limit > 0
            ? limit
            : throw FilterReader.Error(at, "a whole number above 0", FilterReader.Show(json));
}
