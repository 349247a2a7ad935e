using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>What one value must be like. Immutable.</summary>
public sealed class Condition : IEquatable<Condition>
{
    /// <summary>The most values of <see cref="ConditionOperator.In"/>.</summary>
    public const int ValuesMax = 10_000;

    private readonly FieldValue[] values;

    /// <summary>Makes a condition with one value to compare with.</summary>
    /// <exception cref="ArgumentException">The operator needs a string and the value is none, or the value is an
    /// object. </exception>
    public Condition(ConditionOperator @operator, FieldValue value)
        : this(@operator, [value])
    {
    }

    /// <summary>Makes a condition with several values to compare with; all but <see cref="ConditionOperator.In"/> take
    /// exactly one.</summary>
    /// <exception cref="ArgumentException">They do not fit the operator.</exception>
    public Condition(ConditionOperator @operator, IEnumerable<FieldValue> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        this.values = [.. values];
        Operator = @operator;
        if (Problem() is { } problem)
        {
            throw new ArgumentException($"The operator {@operator} takes {problem}.", nameof(values));
        }
    }

    /// <summary>How it compares.</summary>
    public ConditionOperator Operator { get; }

    /// <summary>What it compares with.</summary>
    public IReadOnlyList<FieldValue> Values => values;

    /// <summary>The one value, where the operator takes one.</summary>
    internal FieldValue Value => values[0];

    /// <summary>Whether it says exactly which stretch of an index its values are in.</summary>
    internal bool IsBound => Operator != ConditionOperator.Contains;

    /// <inheritdoc/>
    public bool Equals(Condition? other) =>
        other is not null && Operator == other.Operator && values.AsSpan().SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Condition);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operator, values.Length, values.FirstOrDefault());

    private string? Problem()
    {
        var found = values.Length == 1 ? values[0].ToString() : FormattableString.Invariant($"{values.Length} values");
        if (Operator == ConditionOperator.In ? values.Length > ValuesMax : values.Length != 1)
        {
            return Operator == ConditionOperator.In
                ? FormattableString.Invariant($"at most {ValuesMax} values; found {values.Length}")
                : $"one value; found {found}";
        }

        if (values.Any(static value => value.Kind == FieldValueKind.AnyObject))
        {
            return $"null, booleans, numbers, strings and times; found {found}";
        }

        return Operator == ConditionOperator.StartsWith && values[0].Kind != FieldValueKind.Text
            ? $"a string; found {found}"
            : null;
    }
}
