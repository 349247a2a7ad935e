using System.Collections;
using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Turns expressions into filters. Nothing is compiled: members become paths, captured values are read.
/// </summary>
internal sealed class FilterTranslator
{
    private readonly ParameterExpression parameter;
    private readonly JsonTypeInfo root;
    private readonly HashSet<FieldPath> singles;

    private FilterTranslator(ParameterExpression parameter, JsonTypeInfo root, IEnumerable<FieldPath> singles)
    {
        this.parameter = parameter;
        this.root = root;
        this.singles = [.. singles];
    }

    /// <summary>Turns a predicate into a filter.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="root">How the documents are written.</param>
    /// <param name="known">The paths known to have one value.</param>
    /// <returns>The filter, and all paths known now to have one value.</returns>
    /// <exception cref="NotSupportedException">It says what JSON filters cannot.</exception>
    public static (Filter Filter, IReadOnlySet<FieldPath> Singles) Translate(
        LambdaExpression predicate, JsonTypeInfo root, IEnumerable<FieldPath> known)
    {
        var translator = new FilterTranslator(predicate.Parameters[0], root, known);
        return (translator.Filter(predicate.Body), translator.singles);
    }

    /// <summary>Finds the path a selector names.</summary>
    /// <exception cref="NotSupportedException">It is no chain of members.</exception>
    public static MemberPath PathOf(LambdaExpression selector, JsonTypeInfo root) =>
        MemberPaths.Find(selector.Body, selector.Parameters[0], root) is { Names.Count: > 0 } found
            ? found
            : throw Unsupported(selector.Body, "a member of the document, such as x => x.Author.Name");

    public static NotSupportedException Unsupported(Expression expression, string instead) =>
        new($"A query cannot contain '{expression}': it takes {instead}. Rewrite it, or use a Filter or the " +
            "JSON form.");

    private Filter Filter(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } and:
                return ScalarMerge.And(Filter(and.Left), Filter(and.Right), singles.Contains);
            case BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } or:
                return Queries.Filter.Or(Filter(or.Left), Filter(or.Right));
            case UnaryExpression { NodeType: ExpressionType.Not } not:
                return Queries.Filter.Not(Filter(not.Operand));
            case UnaryExpression { NodeType: ExpressionType.Convert } convert:
                return Filter(convert.Operand);
            case BinaryExpression binary when OperatorOf(binary.NodeType) is { } found:
                return Compare(binary, found.Operator, found.IsNegated);
            case MethodCallExpression call:
                return Call(call);
            case MemberExpression { Member.Name: "HasValue", Expression: { } owner } when Find(owner) is { } path:
                return Queries.Filter.Not(Condition(path, ConditionOperator.Equal, FieldValue.Null));
            case var _ when Constants.TryEvaluate(expression, out var constant) && constant is bool isAll:
                return isAll ? Queries.Filter.All : Queries.Filter.Not(Queries.Filter.All);
            case var _ when expression.Type == typeof(bool) && Find(expression) is { } flag:
                return Condition(flag, ConditionOperator.Equal, FieldValue.From(true));
            default:
                throw Unsupported(
                    expression, "comparisons, &&, ||, !, Contains, StartsWith, Any and bool members of the document");
        }
    }

    // Notes which paths have one value, so that conditions on them may be joined.
    private MemberPath? Find(Expression expression)
    {
        var found = MemberPaths.Find(expression, parameter, root);
        if (found is { IsSingle: true, Names.Count: > 0 })
        {
            _ = singles.Add(found.Path);
        }

        return found;
    }

    private static (ConditionOperator Operator, bool IsNegated)? OperatorOf(ExpressionType type) => type switch
    {
        ExpressionType.Equal => (ConditionOperator.Equal, false),
        ExpressionType.NotEqual => (ConditionOperator.Equal, true),
        ExpressionType.LessThan => (ConditionOperator.Less, false),
        ExpressionType.LessThanOrEqual => (ConditionOperator.LessOrEqual, false),
        ExpressionType.GreaterThan => (ConditionOperator.Greater, false),
        ExpressionType.GreaterThanOrEqual => (ConditionOperator.GreaterOrEqual, false),
        _ => null,
    };

    private static ConditionOperator Mirror(ConditionOperator @operator) => @operator switch
    {
        ConditionOperator.Less => ConditionOperator.Greater,
        ConditionOperator.LessOrEqual => ConditionOperator.GreaterOrEqual,
        ConditionOperator.Greater => ConditionOperator.Less,
        ConditionOperator.GreaterOrEqual => ConditionOperator.LessOrEqual,
        _ => @operator,
    };

    private static FieldFilter Condition(MemberPath path, ConditionOperator @operator, FieldValue value) =>
        new FieldFilter(path.Path, [new(@operator, value)]);

    private Filter Compare(BinaryExpression binary, ConditionOperator @operator, bool isNegated)
    {
        var (member, constant) = (binary.Left, binary.Right);
        if (Find(member) is null)
        {
            (member, constant, @operator) = (constant, member, Mirror(@operator));
        }

        // string.Compare(x.Name, "m") < 0 says in C# what '<' says of other types.
        if (Find(binary.Left) is null &&
            binary.Left is MethodCallExpression { Method.Name: "Compare" or "CompareOrdinal" } call &&
            call.Method.DeclaringType == typeof(string) && Find(call.Arguments[0]) is { } text && IsOrdinal(call) &&
            Constants.TryEvaluate(binary.Right, out var zero) && zero is 0 &&
            Constants.TryEvaluate(call.Arguments[1], out var bound))
        {
            var compared = Condition(text, Mirror(@operator), FieldConstant.Of(bound, text.TypeInfo));
            return isNegated ? Queries.Filter.Not(compared) : compared;
        }

        if (Find(member) is not { } path || !Constants.TryEvaluate(constant, out var value))
        {
            throw Unsupported(
                binary, "a member of the document on one side and a value or captured variable on the other");
        }

        if (path.Names.Count == 0)
        {
            throw Unsupported(
                binary, "comparisons of members, or of elements inside Any on a collection of plain values");
        }

        var filter = Condition(path, @operator, FieldConstant.Of(value, path.TypeInfo));
        return isNegated ? Queries.Filter.Not(filter) : filter;
    }

    private static bool IsOrdinal(MethodCallExpression call) =>
        call.Arguments.Count == 2 ||
        (call.Method.Name == "Compare" && call.Arguments.Count == 3 && IsOrdinal(call.Arguments[2]));

    private static bool IsOrdinal(Expression comparison) =>
        Constants.TryEvaluate(comparison, out var mode) && mode is StringComparison.Ordinal;

    private Filter Call(MethodCallExpression call)
    {
        var owner = call.Object ?? (call.Arguments.Count > 0 ? call.Arguments[0] : null);
        var arguments = call.Object is null ? call.Arguments.Skip(1).ToList() : [.. call.Arguments];
        return call.Method.Name switch
        {
            "StartsWith" when owner is not null && Find(owner) is { } path =>
                Text(call, path, arguments, ConditionOperator.StartsWith),
            "Contains" when owner is not null && owner.Type == typeof(string) && Find(owner) is { } path =>
                Text(call, path, arguments, ConditionOperator.Contains),
            "Contains" when owner is not null => Contains(call, owner, arguments),
            "Equals" when owner is not null && arguments.Count == 1 =>
                Filter(Expression.Equal(owner, Expression.Convert(arguments[0], owner.Type))),
            "IsNullOrEmpty" when owner is not null && Find(owner) is { } path => Queries.Filter.In(
                path.Path.ToString(), FieldValue.Null, FieldValue.From("")),
            "Any" when owner is not null && Find(owner) is { } path => Any(call, path, arguments),
            _ => throw Unsupported(
                call, "the methods StartsWith, Contains, Equals, string.Compare, string.IsNullOrEmpty and Any; " +
                "compute other values before the query"),
        };
    }

    private static FieldFilter Text(
        MethodCallExpression call, MemberPath path, List<Expression> arguments, ConditionOperator @operator)
    {
        var isPlain = arguments.Count == 1 || (arguments.Count == 2 && IsOrdinal(arguments[1]));
        return isPlain && Constants.TryEvaluate(arguments[0], out var value) && value is string or char
            ? Condition(path, @operator, FieldValue.From(value.ToString()))
            : throw Unsupported(call, "ordinal comparison with a text that is not null");
    }

    // A list of values that holds the member, or a member that holds the value.
    private FieldFilter Contains(MethodCallExpression call, Expression owner, List<Expression> arguments)
    {
        var item = arguments[0];
        if (Find(Unspan(owner)) is { } collection && Constants.TryEvaluate(item, out var element))
        {
            var type = MemberPaths.ElementOf(collection.TypeInfo, call);
            return Condition(collection, ConditionOperator.Equal, FieldConstant.Of(element, type));
        }

        if (Find(item) is { Names.Count: > 0 } path &&
            Constants.TryEvaluate(owner, out var list) && list is IEnumerable values and not string)
        {
            var wanted = values.Cast<object?>().Select(value => FieldConstant.Of(value, path.TypeInfo));
            return new FieldFilter(path.Path, [new(ConditionOperator.In, wanted)]);
        }

        throw Unsupported(call, "a list that contains a member, or a collection member that contains a value");
    }

    private static Expression Unspan(Expression expression) =>
        expression is MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var inner] } ? inner : expression;

    private static Filter Any(MethodCallExpression call, MemberPath path, List<Expression> arguments)
    {
        if (arguments.Count == 0)
        {
            return Queries.Filter.Not(Condition(path, ConditionOperator.Equal, FieldValue.Null));
        }

        var element = MemberPaths.ElementOf(path.TypeInfo, call);
        if (MemberPaths.Strip(arguments[0]) is not LambdaExpression predicate)
        {
            throw Unsupported(call, "a lambda inside Any");
        }

        return element.Kind == JsonTypeInfoKind.None
            ? new FieldFilter(path.Path, Plain(predicate.Body, predicate.Parameters[0], element))
            : Element(path, Translate(predicate, element, []).Filter);
    }

    // One condition on elements is one on the path through them, which an index can serve; null alone tells them apart.
    private static Filter Element(MemberPath path, Filter inner) =>
        inner is FieldFilter field && field.Conditions.All(static condition =>
            condition.IsBound && condition.Values.All(static value => value.Kind != FieldValueKind.Null))
            ? new FieldFilter(FieldPath.Of([.. path.Names, .. field.Path.Names]), field.Conditions)
            : new ElementFilter(path.Path, inner);

    // Conditions that one plain element must meet together.
    private static List<Condition> Plain(Expression body, ParameterExpression element, JsonTypeInfo type)
    {
        switch (body)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso } and:
                return [.. Plain(and.Left, element, type), .. Plain(and.Right, element, type)];
            case BinaryExpression binary when OperatorOf(binary.NodeType) is { IsNegated: false } found:
                var isLeft = MemberPaths.Strip(binary.Left) == element;
                if (isLeft != (MemberPaths.Strip(binary.Right) == element) &&
                    Constants.TryEvaluate(isLeft ? binary.Right : binary.Left, out var value))
                {
                    return [new(isLeft ? found.Operator : Mirror(found.Operator), FieldConstant.Of(value, type))];
                }

                break;
            case MethodCallExpression { Method.Name: "StartsWith", Object: { } owner, Arguments: [var prefix, ..] }
                when owner == element && Constants.TryEvaluate(prefix, out var text) && text is string start:
                return [new(ConditionOperator.StartsWith, FieldValue.From(start))];
        }

        throw Unsupported(body, "comparisons of the element with values, joined by &&");
    }
}
