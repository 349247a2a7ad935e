using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Turns what an expression says of the elements of a collection into filters.</summary>
internal static class ElementPredicates
{
    private static readonly RecordKey Nothing = new("none", "none");

    /// <summary>Whether there is an element at all.</summary>
    /// <exception cref="NotSupportedException">An element may be null, which cannot be told from none.</exception>
    public static Filter Any(MethodCallExpression call, MemberPath path, JsonTypeInfo element)
    {
        if (Nullable.GetUnderlyingType(element.Type) is not null)
        {
            throw FilterTranslator.Unsupported(
                call, "Any() only on elements that are never null. Say which: Any(item => item > 0)");
        }

        // Beside text there may be nulls.
        return element.Type == typeof(string)
            ? new FieldFilter(path.Path, [new(ConditionOperator.StartsWith, FieldValue.From(""))])
            : Filter.Not(new FieldFilter(path.Path, [new(ConditionOperator.Equal, FieldValue.Null)]));
    }

    /// <summary>One element meets a filter by itself. One condition on elements is one on the path through them, which
    /// an index can serve; null alone tells them apart.</summary>
    public static Filter Any(MemberPath path, Filter inner)
    {
        if (inner is FieldFilter field && field.Conditions.All(static condition =>
            condition.IsBound && condition.Values.All(static value => value.Kind != FieldValueKind.Null)))
        {
            return new FieldFilter(FieldPath.Of([.. path.Names, .. field.Path.Names]), field.Conditions);
        }

        // No collection has no element, though a null in its place would meet what asks for nothing to be there.
        var element = new ElementFilter(path.Path, inner);
        return HoldsForNull(inner)
            ? Filter.And(
                element, Filter.Not(new FieldFilter(path.Path, [new(ConditionOperator.Equal, FieldValue.Null)])))
            : element;
    }

    /// <summary>Conditions that one plain element must meet together.</summary>
    /// <exception cref="NotSupportedException">They cannot be said.</exception>
    public static List<Condition> Plain(Expression body, ParameterExpression element, JsonTypeInfo type)
    {
        switch (body)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso } and:
                return [.. Plain(and.Left, element, type), .. Plain(and.Right, element, type)];
            case BinaryExpression binary
                when FilterTranslator.OperatorOf(binary.NodeType) is { IsNegated: false } found:
                var isLeft = Conversions.Strip(binary.Left) == element;
                var (side, other) = isLeft ? (binary.Left, binary.Right) : (binary.Right, binary.Left);
                if (Conversions.Strip(side) == element && Constants.TryEvaluate(other, out var value) &&
                    value is not null && !MemberForm.HasNamedNumbers(type))
                {
                    Conversions.Check(side);
                    var @operator = isLeft ? found.Operator : FilterTranslator.Mirror(found.Operator);
                    return [MemberCondition.Of(type, @operator, value, binary)];
                }

                break;
            case MethodCallExpression { Method.Name: "StartsWith", Object: { } owner } call
                when owner == element && KnownCalls.IsOnText(call) &&
                    KnownCalls.IsOrdinal([.. call.Arguments.Skip(1)]) &&
                    Constants.TryEvaluate(call.Arguments[0], out var start) && start is string or char:
                return [new(ConditionOperator.StartsWith, FieldValue.From(start.ToString()))];
        }

        throw FilterTranslator.Unsupported(
            body,
            "comparisons of the element with values that are not null, ordinal where they are text, joined by &&");
    }

    private static bool HoldsForNull(Filter filter)
    {
        var slots = new SlotList();
        var program = FilterProgram.Compile(filter, slots);
        var probe = slots.ToProbe();
        var captures = probe.Rent();
        probe.Run(Nothing, "null"u8, captures);
        return program.Holds(captures, Nothing, "null"u8);
    }
}
