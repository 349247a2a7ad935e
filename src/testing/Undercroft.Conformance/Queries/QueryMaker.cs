using System.Globalization;
using Undercroft.Indexes;

namespace Undercroft.Conformance.Queries;

/// <summary>Random documents, indexes, filters and orders over the same few fields and values, so that they meet.
/// </summary>
internal sealed class QueryMaker(Random random)
{
    public const string Long = "long";

    public static readonly PlainPath[] Paths =
    [
        new("a", "a"), new("b", "b"), new("c.d", "c", "d"), new("c.e", "c", "e"), new("list", "list"),
        new("u", "u"), new("t", "t"), new("x\\.y", "x.y"), new("\\$id", "$id"), new("\\and", "and"),
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "-0.0", "1", "1.0", "1e0", "10e-1", "2", "-1.5", "0.1", "0.10", "1e400", "-1e400",
        "1e-400", "9007199254740993", "9007199254740992", "100000000000000000000000000000000000001",
        "100000000000000000000000000000000000000.5", "\"\"", "\"a\"", "\"ab\"", "\"b\"", "\"1\"", "\"null\"",
        "\"a\\u0000\"", "\"a\\u0000b\"", "\"a\\u0001\"", "\"a\\u0001b\"", "\"\uE000\"", "\"\U0001F600\"",
        "\"\\uD83D\\uDE00x\"", "\"\u00E9\"", "\"e\u0301\"", "\"\\/\\n\\\"\"",
        "\"" + new string('z', 300) + "\"", "\"" + new string('z', 299) + "y\"",
    ];

    private static readonly string[] Tags = ["red", "green", "blue", "\U0001F600"];
    private static readonly string[] Prefixes = ["\"\"", "\"a\"", "\"a\\u0000\"", "\"\U0001F600\"", "\"z\""];
    private static readonly string[] Times = [.. PlainTimes.All.Keys];
    private static readonly string[] Operators =
        ["eq", "lt", "lte", "gt", "gte", "in", "startsWith", "contains"];

    public string Document()
    {
        var members = new List<string>();
        Add("a", 6, Scalar);
        Add("b", 6, Scalar);
        Add("c", 4, () => random.Next(4) switch
        {
            0 => $"[{Inner()},{Inner()}]",
            1 => Scalar(),
            _ => Inner(),
        });
        Add("list", 3, () => Array(0));
        Add("u", 4, () => random.Next(400).ToString(CultureInfo.InvariantCulture));
        Add("t", 3, () => random.Next(5) == 0 ? Scalar() : PlainText.Quote(Times[random.Next(Times.Length)]));
        Add("x.y", 3, Scalar);
        Add("$id", 3, Scalar);
        Add("and", 3, Scalar);
        Add(Long, 9, () => $"\"{new string('q', 3_000)}\"");
        return $"{{{string.Join(random.Next(2) == 0 ? "," : " ,\n", members)}}}";

        void Add(string name, int often, Func<string> value)
        {
            if (random.Next(often) > 0 == (name != Long))
            {
                members.Insert(random.Next(members.Count + 1), $"{PlainText.Quote(name)}: {value()}");
            }
        }
    }

    public string[] SomeTags() => [.. Tags.Where(_ => random.Next(3) == 0)];

    public List<IndexDefinition> Indexes()
    {
        string[][] shapes =
        [
            ["a"], ["-a"], ["b", "a"], ["a", "b"], ["a", "-b"], ["-b", "a"], ["-a", "-b"], ["list"], ["-list"],
            ["a", "list"], ["list", "b"], ["list", "c.d"], ["c.d"], ["-c.d", "a"], ["b", "-c.e"],
            ["t"], ["t:time"], ["-t:time", "a"],
            ["a", "t:time"], ["x\\.y", "\\$id"], ["\\and"], ["a", "b", "x\\.y"], [Long],
        ];
        var indexes = shapes.Where(_ => random.Next(4) == 0)
            .Select(static (shape, i) => IndexDefinition.On(
                string.Create(CultureInfo.InvariantCulture, $"i{i}"), shape))
            .ToList();
        if (random.Next(2) == 0)
        {
            indexes.Add(IndexDefinition.On("u", random.Next(2) == 0 ? ["u"] : ["-u", "b"]) with { IsUnique = true });
        }

        return indexes;
    }

    public PlainFilter Filter(int depth = 0) => random.Next(depth > 2 ? 10 : 15) switch
    {
        0 => new PlainExists(Pick(Paths), random.Next(2) == 0),
        1 => new PlainNotEqual(Pick(Paths), Operand()),
        2 => new PlainAll(Pick(Paths), Operand(), Operand()),
        3 => new PlainElement(Pick([Paths[4], new("c", "c")]), Inside()),
        4 => OwnField(),
        10 => new PlainOr([.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Filter(depth + 1))]),
        11 => new PlainNot(Filter(depth + 1)),
        12 or 13 or 14 => new PlainAnd(Filter(depth + 1), Filter(depth + 1)),
        _ => Conditions(Pick(Paths)),
    };

    /// <summary>The fields of an order, as text, none twice.</summary>
    public List<(PlainPath Path, bool IsTime, bool IsDown)> Order() =>
    [
        .. Enumerable.Range(0, random.Next(4))
            .Select(_ => (Path: Pick([.. Paths, new("$id"), new("$revision")]), random.Next(2) == 0))
            .DistinctBy(static field => field.Path)
            .Select(field => (field.Path, field.Path.Text == "t" && random.Next(2) == 0, field.Item2)),
    ];

    public string NewId() => random.Next(4) switch
    {
        0 => Pick(["é", "e\u0301", "\uE000", "\U0001F600", "A", "a", "..", "a/b", "\u0001", "%", "a\\b"]),
        _ => string.Create(CultureInfo.InvariantCulture, $"d{random.Next(1_000)}"),
    };

    private PlainConditions Conditions(PlainPath path) =>
        new(path, [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Condition())]);

    private PlainCondition Condition()
    {
        var name = Pick(Operators);
        return name switch
        {
            "in" => new(name, [.. Enumerable.Range(0, random.Next(4)).Select(_ => Operand())]),
            "startsWith" => new(name, PlainOperand.Of(Pick(Prefixes))),
            _ => new(name, Operand()),
        };
    }

    private PlainConditions OwnField()
    {
        var path = new PlainPath(Pick(["$id", "$tags", "$createdAt", "$expiresAt", "$revision"]));
        PlainOperand Own() => path.Text switch
        {
            "$id" => PlainOperand.Of(PlainText.Quote(NewId())),
            "$tags" => PlainOperand.Of(random.Next(5) == 0 ? "null" : PlainText.Quote(Pick(Tags))),
            "$revision" => PlainOperand.Of(random.Next(120).ToString(CultureInfo.InvariantCulture)),
            _ => random.Next(5) == 0 ? PlainOperand.Of("null") : PlainOperand.OfTime(Pick(Times)),
        };
        var name = Pick(["eq", "lt", "lte", "gt", "gte", "in"]);
        return new(path, name == "in" ? new PlainCondition(name, Own(), Own()) : new PlainCondition(name, Own()));
    }

    private PlainFilter Inside()
    {
        var (d, e) = (new PlainPath("d", "d"), new PlainPath("e", "e"));
        return random.Next(3) switch
        {
            0 => new PlainAnd(Conditions(d), new PlainNotEqual(e, Operand())),
            1 => new PlainOr(Conditions(d), new PlainExists(e, random.Next(2) == 0)),
            _ => Conditions(d),
        };
    }

    private string Array(int depth) =>
        $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => depth == 0 && random.Next(6) == 0
            ? Array(1) : random.Next(8) == 0 ? Inner() : Scalar()))}]";

    private string Inner() =>
        $"{{\"d\":{(random.Next(6) == 0 ? Array(1) : Scalar())}{(random.Next(2) == 0 ? $",\"e\":{Scalar()}" : "")}}}";

    private PlainOperand Operand() =>
        random.Next(8) == 0 ? PlainOperand.OfTime(Pick(Times)) : PlainOperand.Of(Pick(Scalars));

    private string Scalar() => random.Next(14) == 0 ? "{\"x\":1}" : Pick(Scalars);

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
