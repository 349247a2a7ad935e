using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>One value made of many documents. Where a field has several values in a document, each counts.</summary>
public sealed record Aggregate
{
    private Aggregate(AggregateFunction function, IndexField? field)
    {
        Function = function;
        Field = field;
    }

    /// <summary>The number of documents.</summary>
    public static Aggregate Count { get; } = new(AggregateFunction.Count, null);

    /// <summary>What is made of the values.</summary>
    public AggregateFunction Function { get; }

    /// <summary>Where the values are; null for <see cref="AggregateFunction.Count"/>.</summary>
    public IndexField? Field { get; }

    /// <summary>Makes something of the values of a field.</summary>
    /// <param name="function">What.</param>
    /// <param name="field">Where they are, as <see cref="IndexField.Parse"/> reads it; its direction does not matter.
    /// </param>
    public static Aggregate Of(AggregateFunction function, string field) => Of(function, IndexField.Parse(field));

    /// <summary>Makes something of the values of a field.</summary>
    public static Aggregate Of(AggregateFunction function, IndexField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return function == AggregateFunction.Count ? Count : new(function, field with { IsDescending = false });
    }

    /// <summary>Reads an aggregate from its text: <c>count</c>, <c>sum(score)</c>, <c>max(at:time)</c>.</summary>
    /// <exception cref="ArgumentException">It is no aggregate.</exception>
    public static Aggregate Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (text == "count")
        {
            return Count;
        }

        var open = text.IndexOf('(', StringComparison.Ordinal);
        AggregateFunction? function = open < 0 || text[^1] != ')' ? null : text[..open] switch
        {
            "sum" => AggregateFunction.Sum,
            "min" => AggregateFunction.Min,
            "max" => AggregateFunction.Max,
            "avg" => AggregateFunction.Average,
            _ => null,
        };
        return function is { } found && text.Length > open + 2
            ? Of(found, text[(open + 1)..^1])
            : throw new ArgumentException(
                $"{Names.Show(text)} is no aggregate: expected count, sum(field), min(field), max(field) or " +
                "avg(field).",
                nameof(text));
    }

    /// <inheritdoc/>
    public override string ToString() => Function switch
    {
        AggregateFunction.Count => "count",
        AggregateFunction.Sum => $"sum({Field})",
        AggregateFunction.Min => $"min({Field})",
        AggregateFunction.Max => $"max({Field})",
        _ => $"avg({Field})",
    };
}
