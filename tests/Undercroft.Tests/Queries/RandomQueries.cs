using System.Globalization;
using System.Text;
using System.Text.Json;
using Undercroft.Indexes;
using Undercroft.Queries;
using Undercroft.Tests.Indexes;

namespace Undercroft.Tests.Queries;

/// <summary>Random documents, filters and orders over the same few fields and values, so that they meet.</summary>
internal sealed class RandomQueries(Random random)
{
    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-0.0", "1", "1.0", "2", "1e400", "-1.5", "10", "\"\"", "\"a\"", "\"ab\"",
        "\"a\\u0000\"",
        "\"b\"", "\"😀\"", "\"\\uE000\"", "\"1\"", "\"a\\u0001b\"",
    ];

    private static readonly string[] Fields = ["a", "b", "c.d", "c.e", "list"];
    private static readonly string[] Tags = ["red", "green", "blue"];

    public string Document()
    {
        var members = new List<string>();
        foreach (var name in new[] { "a", "b" })
        {
            if (random.Next(6) > 0)
            {
                members.Add($"\"{name}\":{Scalar()}");
            }
        }

        if (random.Next(4) > 0)
        {
            members.Add($"\"c\":{(random.Next(4) == 0 ? "[" + Inner() + "," + Inner() + "]" : Inner())}");
        }

        if (random.Next(3) > 0)
        {
            members.Add($"\"list\":[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Scalar()))}]");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    public string[] SomeTags() => [.. Tags.Where(_ => random.Next(3) == 0)];

    public IndexDefinition[] Indexes()
    {
        // One array field at most in each, as 'c' and 'list' may be arrays.
        string[][] shapes =
        [
            ["a"], ["-a"], ["b", "a"], ["a", "b"], ["a", "-b"], ["-b", "a"], ["list"], ["-list"], ["a", "list"],
            ["list", "b"],
            ["c.d"], ["c.d", "a"], ["b", "-c.e"],
        ];
        return
        [
            .. shapes.Where(_ => random.Next(3) == 0)
                .Select((shape, i) => IndexDefinition.On(string.Create(CultureInfo.InvariantCulture, $"i{i}"), shape)),
        ];
    }

    public Filter Filter(int depth = 0) => random.Next(depth > 2 ? 6 : 10) switch
    {
        6 => Undercroft.Queries.Filter.Or(Filter(depth + 1), Filter(depth + 1)),
        7 => Undercroft.Queries.Filter.Not(Filter(depth + 1)),
        8 or 9 => Undercroft.Queries.Filter.And(Filter(depth + 1), Filter(depth + 1)),
        0 => Undercroft.Queries.Filter.Equal(Field(), Value()),
        1 when random.Next(3) == 0 => Undercroft.Queries.Filter.Exists(Field()),
        1 when random.Next(2) == 0 => Undercroft.Queries.Filter.Any(
            random.Next(2) == 0 ? "c" : "list", Undercroft.Queries.Filter.And(
                Undercroft.Queries.Filter.Equal("d", Value()), Undercroft.Queries.Filter.NotEqual("e", Value()))),
        1 when random.Next(2) == 0 =>
            Undercroft.Queries.Filter.In("$tags", random.Next(4) == 0 ? FieldValue.Null : Tag(), Tag()),
        1 => Undercroft.Queries.Filter.Equal("$tags", Tag()),
        2 => new FieldFilter(
            FieldPath.Parse(Field()), Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Condition())),
        3 => Undercroft.Queries.Filter.In(Field(), Enumerable.Range(0, random.Next(4)).Select(_ => Value())),
        4 when random.Next(2) == 0 => Id(),
        _ => new FieldFilter(FieldPath.Parse(Field()), [Condition()]),
    };

    public IndexField[] Order() =>
    [
        .. Enumerable.Range(0, random.Next(3))
            .Select(_ => (random.Next(2) == 0 ? "-" : "") + (random.Next(8) == 0 ? "$id" : Field()))
            .DistinctBy(static text => text.TrimStart('-'))
            .Select(IndexField.Parse),
    ];

    public string NewId() => random.Next(5) switch
    {
        0 => "A" + Nasty.Text(random).Replace("\0", "", StringComparison.Ordinal),
        _ => string.Create(CultureInfo.InvariantCulture, $"d{random.Next(1000)}"),
    };

    private FieldFilter Id()
    {
        var operators = new[]
        {
            ConditionOperator.Less, ConditionOperator.LessOrEqual, ConditionOperator.Greater,
            ConditionOperator.GreaterOrEqual, ConditionOperator.Equal, ConditionOperator.StartsWith,
        };
        return new FieldFilter(
            FieldPath.Id,
            Enumerable.Range(0, 1 + random.Next(2))
                .Select(_ => new Condition(operators[random.Next(operators.Length)], FieldValue.From(NewId()))));
    }

    private Condition Condition()
    {
        var @operator = (ConditionOperator)random.Next(8);
        return @operator switch
        {
            ConditionOperator.In => new(@operator, [Value(), Value()]),
            ConditionOperator.StartsWith => new(@operator, FieldValue.From(random.Next(2) == 0 ? "a" : "")),
            _ => new(@operator, Value()),
        };
    }

    private string Inner() => $"{{\"d\":{Scalar()}{(random.Next(2) == 0 ? $",\"e\":{Scalar()}" : "")}}}";

    private string Field() => Fields[random.Next(Fields.Length)];

    private string Scalar() => random.Next(12) == 0 ? "{\"x\":1}" : Scalars[random.Next(Scalars.Length)];

    private FieldValue Value() => FieldValue.From(JsonDocument.Parse(Scalars[random.Next(Scalars.Length)]).RootElement);

    private FieldValue Tag() => FieldValue.From(Tags[random.Next(Tags.Length)]);

    /// <summary>Puts a document with its entries, as a repository does.</summary>
    public static PutOperation Put(RecordKey key, string json, IReadOnlyList<string> tags, IndexSet indexes)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var meta = TagSet.Write(RecordMeta.Empty, tags);
        List<IndexEntry> entries = [.. indexes.Compute(key, bytes)];
        TagSet.AddEntries(meta, entries);
        return new PutOperation(key, bytes) { Meta = meta, Entries = entries };
    }
}
