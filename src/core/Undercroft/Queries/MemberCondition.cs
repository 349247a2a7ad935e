using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Makes conditions that mean on a member's JSON what C# means by a comparison.</summary>
internal static class MemberCondition
{
    /// <summary>Meets nothing.</summary>
    private static readonly Condition None = new(ConditionOperator.In, []);

    /// <summary>A comparison of a member.</summary>
    /// <exception cref="NotSupportedException">The JSON cannot say it.</exception>
    public static Filter Of(MemberPath path, ConditionOperator @operator, object? value, Expression expression)
    {
        var filter = new FieldFilter(path.Path, [Of(path.TypeInfo, @operator, value, expression)]);
        if (value is null || @operator == ConditionOperator.Equal || !MemberForm.HasNamedNumbers(path.TypeInfo))
        {
            return filter;
        }

        // What is infinite stands as text beside the numbers.
        var infinite = @operator is ConditionOperator.Greater or ConditionOperator.GreaterOrEqual
            ? "Infinity"
            : "-Infinity";
        return IsNaN(value)
            ? filter
            : Filter.Or(filter, new FieldFilter(path.Path, [new(ConditionOperator.Equal, FieldValue.From(infinite))]));
    }

    /// <summary>A comparison of a value of some type.</summary>
    /// <exception cref="NotSupportedException">The JSON cannot say it.</exception>
    public static Condition Of(
        JsonTypeInfo type, ConditionOperator @operator, object? value, Expression expression)
    {
        var isEquality = @operator == ConditionOperator.Equal;
        if (value is null)
        {
            return isEquality ? new(@operator, FieldValue.Null) : None;
        }

        if (isEquality)
        {
            MemberForm.CheckEquality(type, expression);
        }
        else
        {
            MemberForm.CheckComparable(type, expression);
        }

        return IsNaN(value) ? None
            : IsInfinite(value) && !(isEquality && MemberForm.HasNamedNumbers(type)) ? Infinite(isEquality, expression)
            : MemberForm.UnderlyingOf(type) == typeof(float) && value is double number
                ? OfSingle(type, @operator, number, expression)
            : new(@operator, FieldConstant.Of(value, type));
    }

    /// <summary>Equality to one of several values.</summary>
    /// <exception cref="NotSupportedException">The JSON cannot say it.</exception>
    public static Condition In(JsonTypeInfo type, IEnumerable<object?> values, Expression expression)
    {
        MemberForm.CheckEquality(type, expression);
        var isNamed = MemberForm.HasNamedNumbers(type);
        var isSingle = MemberForm.UnderlyingOf(type) == typeof(float);
        var written = values.Where(value => value is null || (IsNaN(value) || IsInfinite(value)
            ? isNamed
            : !isSingle || value is not double number || (float)number == number));
        return new(ConditionOperator.In, written.Select(value => FieldConstant.Of(value, type)));
    }

    private static Condition Infinite(bool isEquality, Expression expression) => isEquality
        ? None
        : throw FilterTranslator.Unsupported(expression, "bounds that are numbers, and infinity is none in JSON");

    // A double between two singles: those below it are below the lower of the two, or that itself.
    private static Condition OfSingle(
        JsonTypeInfo type, ConditionOperator @operator, double value, Expression expression)
    {
        var single = (float)value;
        if (single == value)
        {
            return new(@operator, FieldConstant.Of(single, type));
        }

        var (bound, inclusive) = @operator switch
        {
            ConditionOperator.Less or ConditionOperator.LessOrEqual =>
                (single > value ? MathF.BitDecrement(single) : single, ConditionOperator.LessOrEqual),
            ConditionOperator.Greater or ConditionOperator.GreaterOrEqual =>
                (single < value ? MathF.BitIncrement(single) : single, ConditionOperator.GreaterOrEqual),
            _ => (float.NaN, @operator),
        };
        return float.IsNaN(bound) ? None
            : float.IsInfinity(bound) ? Infinite(isEquality: true, expression)
            : new(inclusive, FieldConstant.Of(bound, type));
    }

    private static bool IsNaN(object value) => value switch
    {
        double number => double.IsNaN(number),
        float number => float.IsNaN(number),
        Half number => Half.IsNaN(number),
        _ => false,
    };

    private static bool IsInfinite(object value) => value switch
    {
        double number => double.IsInfinity(number),
        float number => float.IsInfinity(number),
        Half number => Half.IsInfinity(number),
        _ => false,
    };
}
