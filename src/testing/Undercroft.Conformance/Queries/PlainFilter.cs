using System.Text.Json;

namespace Undercroft.Conformance.Queries;

/// <summary>A filter that says itself what it means: its JSON form goes to the product, its meaning stays here.
/// </summary>
internal abstract record PlainFilter
{
    /// <summary>The JSON form: one object.</summary>
    public abstract string Json { get; }

    public abstract bool Holds(PlainDocument document);

    /// <summary>The conditions that must all hold, in order, as far as they are on single paths.</summary>
    public virtual IEnumerable<PlainConditions> Conditions => [];

    protected static string Member(PlainPath path, string json) => $"{{{PlainText.Quote(path.Text)}:{json}}}";
}

internal sealed record PlainAnd(params PlainFilter[] Parts) : PlainFilter
{
    public override string Json => $"{{\"and\":[{string.Join(',', Parts.Select(static part => part.Json))}]}}";

    public override IEnumerable<PlainConditions> Conditions => Parts.SelectMany(static part => part.Conditions);

    public override bool Holds(PlainDocument document) => Array.TrueForAll(Parts, part => part.Holds(document));
}

internal sealed record PlainOr(params PlainFilter[] Parts) : PlainFilter
{
    public override string Json => $"{{\"or\":[{string.Join(',', Parts.Select(static part => part.Json))}]}}";

    public override IEnumerable<PlainConditions> Conditions => Parts.Length == 1 ? Parts[0].Conditions : [];

    public override bool Holds(PlainDocument document) => Array.Exists(Parts, part => part.Holds(document));
}

internal sealed record PlainNot(PlainFilter Part) : PlainFilter
{
    public override string Json => $"{{\"not\":{Part.Json}}}";

    public override bool Holds(PlainDocument document) => !Part.Holds(document);
}

internal sealed record PlainExists(PlainPath Path, bool IsWanted) : PlainFilter
{
    public override string Json => Member(Path, IsWanted ? "{\"exists\":true}" : "{\"exists\":false}");

    public override bool Holds(PlainDocument document) => document.Has(Path) == IsWanted;
}

/// <summary>No value is equal.</summary>
internal sealed record PlainNotEqual(PlainPath Path, PlainOperand Operand) : PlainFilter
{
    public override string Json => Member(Path, $"{{\"ne\":{Operand.Json}}}");

    public override bool Holds(PlainDocument document) =>
        document.ValuesOf(Path, Operand.IsTime).TrueForAll(value => value.CompareTo(Operand.Value) != 0);
}

/// <summary>For each operand there is a value.</summary>
internal sealed record PlainAll(PlainPath Path, params PlainOperand[] Operands) : PlainFilter
{
    public override string Json => Member(
        Path, $"{{\"all\":[{string.Join(',', Operands.Select(static operand => operand.Json))}]}}");

    public override IEnumerable<PlainConditions> Conditions =>
        Operands.Select(operand => new PlainConditions(Path, new PlainCondition("eq", operand)));

    public override bool Holds(PlainDocument document) => Conditions.All(part => part.Holds(document));
}

/// <summary>One element meets a whole filter by itself.</summary>
internal sealed record PlainElement(PlainPath Path, PlainFilter Part) : PlainFilter
{
    public override string Json => Member(Path, $"{{\"any\":{Part.Json}}}");

    public override bool Holds(PlainDocument document) => document.ElementsOf(Path).Exists(Part.Holds);
}

/// <summary>One value meets several conditions.</summary>
internal sealed record PlainConditions(PlainPath Path, params PlainCondition[] Parts) : PlainFilter
{
    public override string Json => Member(
        Path,
        Parts is [{ Operator: "eq", Operands: [var only] }] && !only.IsTime ? only.Json
        : Parts.DistinctBy(static part => part.Operator).Count() == Parts.Length
            ? $"{{{string.Join(',', Parts.Select(static part => part.Json))}}}"
            : $"{{\"each\":[{string.Join(',', Parts.Select(static part => $"{{{part.Json}}}"))}]}}");

    /// <summary>Whether a condition has a time in it: then strings that are times are read as times.</summary>
    public bool IsTime => Parts.Any(static part => part.Operands.Any(static operand => operand.IsTime));

    public override IEnumerable<PlainConditions> Conditions => [this];

    public override bool Holds(PlainDocument document) =>
        document.ValuesOf(Path, IsTime).Exists(value => Array.TrueForAll(Parts, part => part.Meets(value)));
}

/// <summary>One condition on one value.</summary>
internal sealed record PlainCondition(string Operator, params PlainOperand[] Operands)
{
    public string Json => Operator is "in"
        ? $"\"{Operator}\":[{string.Join(',', Operands.Select(static operand => operand.Json))}]"
        : $"\"{Operator}\":{Operands[0].Json}";

    /// <summary>Whether it can bound a range of an index.</summary>
    public bool IsBound => Operator != "contains";

    public bool Meets(PlainValue value)
    {
        if (Operator is "in")
        {
            return Array.Exists(Operands, operand => value.CompareTo(operand.Value) == 0);
        }

        var wanted = Operands[0].Value;
        return Operator switch
        {
            "startsWith" => value.Rank == PlainValue.String &&
                value.Text.StartsWith(wanted.Text, StringComparison.Ordinal),
            "contains" when value.Rank == PlainValue.String && wanted.Rank == PlainValue.String && !value.IsElement =>
                value.Text.Contains(wanted.Text, StringComparison.Ordinal),
            "contains" => value.IsElement && value.CompareTo(wanted) == 0,
            _ => value.Rank == wanted.Rank && value.CompareTo(wanted) is var order && Operator switch
            {
                "eq" => order == 0,
                "lt" => order < 0,
                "lte" => order <= 0,
                "gt" => order > 0,
                _ => order >= 0,
            },
        };
    }
}

/// <summary>A value in a filter.</summary>
internal sealed record PlainOperand(string Json, PlainValue Value)
{
    public bool IsTime => Value.Rank == PlainValue.Time;

    public static PlainOperand Of(string json) => new(json, PlainValue.Of(JsonDocument.Parse(json).RootElement));

    public static PlainOperand OfTime(string text) =>
        new($"{{\"$time\":{PlainText.Quote(text)}}}", PlainValue.Of(PlainTimes.All[text]));
}

/// <summary>Text as JSON has it.</summary>
internal static class PlainText
{
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
