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
    /// <exception cref="NotSupportedException">It is no chain of members, or converts what they hold.</exception>
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
            case UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert:
                return Filter(convert.Operand);
            case BinaryExpression binary when OperatorOf(binary.NodeType) is { } found:
                return Compare(binary, found.Operator, found.IsNegated);
            case MethodCallExpression call:
                return Call(call);
            case MemberExpression { Member.Name: "HasValue", Expression: { } owner }
                when Nullable.GetUnderlyingType(owner.Type) is not null && Find(owner) is { } path:
                return Queries.Filter.Not(IsNull(path));
            case var _ when Constants.TryEvaluate(expression, out var constant) && constant is bool isAll:
                return isAll ? Queries.Filter.All : Queries.Filter.Not(Queries.Filter.All);
            case var _ when expression.Type == typeof(bool) && Find(expression) is { } flag:
                return MemberCondition.Of(flag, ConditionOperator.Equal, true, expression);
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

        return found is { Names.Count: 0 }
            ? throw Unsupported(
                expression, "comparisons of members, or of elements inside Any on a collection of plain values")
            : found;
    }

    /// <summary>The condition an operator of C# comes to, or the opposite of which.</summary>
    public static (ConditionOperator Operator, bool IsNegated)? OperatorOf(ExpressionType type) => type switch
    {
        ExpressionType.Equal => (ConditionOperator.Equal, false),
        ExpressionType.NotEqual => (ConditionOperator.Equal, true),
        ExpressionType.LessThan => (ConditionOperator.Less, false),
        ExpressionType.LessThanOrEqual => (ConditionOperator.LessOrEqual, false),
        ExpressionType.GreaterThan => (ConditionOperator.Greater, false),
        ExpressionType.GreaterThanOrEqual => (ConditionOperator.GreaterOrEqual, false),
        _ => null,
    };

    /// <summary>The operator with its sides exchanged.</summary>
    public static ConditionOperator Mirror(ConditionOperator @operator) => @operator switch
    {
        ConditionOperator.Less => ConditionOperator.Greater,
        ConditionOperator.LessOrEqual => ConditionOperator.GreaterOrEqual,
        ConditionOperator.Greater => ConditionOperator.Less,
        ConditionOperator.GreaterOrEqual => ConditionOperator.LessOrEqual,
        _ => @operator,
    };

    private static FieldFilter IsNull(MemberPath path) =>
        new(path.Path, [new(ConditionOperator.Equal, FieldValue.Null)]);

    private Filter Compare(BinaryExpression binary, ConditionOperator @operator, bool isNegated)
    {
        if (@operator == ConditionOperator.Equal && CompareAnswers(binary) is { } answers)
        {
            return isNegated ? Queries.Filter.Not(answers) : answers;
        }

        var (member, constant) = (binary.Left, binary.Right);
        if (!IsOfDocument(member))
        {
            (member, constant, @operator) = (constant, member, Mirror(@operator));
        }

        var filter =
            !Constants.TryEvaluate(constant, out var value) ? null
            : Find(member) is { } path ? MemberCondition.Of(path, @operator, value, binary)
            : member is MethodCallExpression call ? CompareText(call, @operator, value)
            : null;
        return filter is null
            ? throw Unsupported(
                binary, "a member of the document on one side and a value or captured variable on the other")
            : isNegated ? Queries.Filter.Not(filter) : filter;
    }

    // x.N.HasValue == false, (x.A > 1) == x.Flag: what is compared is no member, but whether something holds.
    private Filter? CompareAnswers(BinaryExpression binary)
    {
        if (!IsTruth(binary.Left.Type) || !IsTruth(binary.Right.Type))
        {
            return null;
        }

        var (answer, other) = (Conversions.Strip(binary.Left), Conversions.Strip(binary.Right));
        if (!IsAnswer(answer))
        {
            (answer, other) = (other, answer);
        }

        var isKnown = Constants.TryEvaluate(other, out var value);
        if (Constants.TryEvaluate(answer, out var first) && isKnown)
        {
            return Equals(first, value) ? Queries.Filter.All : Queries.Filter.Not(Queries.Filter.All);
        }

        var isOfTwo = !isKnown && answer.Type == typeof(bool) && other.Type == typeof(bool);
        if (!IsAnswer(answer) && (!isOfTwo || first is not null))
        {
            return null;
        }

        if (isKnown)
        {
            var holds = value is null ? Queries.Filter.Not(Queries.Filter.All) : Filter(answer);
            return value is false ? Queries.Filter.Not(holds) : holds;
        }

        return isOfTwo ? Same(Filter(answer), Filter(other)) : throw Unsupported(
            binary,
            "a condition compared with true, false, a captured variable or another condition that is never null");
    }

    private Filter Same(Filter left, Filter right) => Queries.Filter.Or(
        ScalarMerge.And(left, right, singles.Contains),
        Queries.Filter.And(Queries.Filter.Not(left), Queries.Filter.Not(right)));

    private static bool IsTruth(Type type) => type == typeof(bool) || type == typeof(bool?);

    // Whether it is a condition of its own, not a member that holds true or false.
    private static bool IsAnswer(Expression side) => side.Type == typeof(bool) && side switch
    {
        BinaryExpression => true,
        UnaryExpression { NodeType: ExpressionType.Not } => true,
        MethodCallExpression { Method.Name: not "get_Item" } => true,
        MemberExpression { Member.Name: "HasValue", Expression: { } owner } =>
            Nullable.GetUnderlyingType(owner.Type) is not null && !Constants.TryEvaluate(owner, out _),
        _ => false,
    };

    // string.Compare(x.Name, "m") < 0 says in C# what '<' says of other types. Null is below all text.
    private Filter? CompareText(MethodCallExpression call, ConditionOperator @operator, object? zero)
    {
        if (!KnownCalls.IsOnText(call) || call.Method.Name is not ("Compare" or "CompareOrdinal") || zero is not 0 ||
            Find(call.Arguments[0]) is not { } text || !KnownCalls.IsOrdinal([.. call.Arguments.Skip(2)]) ||
            !Constants.TryEvaluate(call.Arguments[1], out var bound))
        {
            return null;
        }

        if (bound is not null)
        {
            var compared = MemberCondition.Of(text, @operator, bound, call);
            return text.CanBeNull && @operator is ConditionOperator.Less or ConditionOperator.LessOrEqual
                ? Queries.Filter.Or(compared, IsNull(text))
                : compared;
        }

        return @operator switch
        {
            ConditionOperator.Greater => Queries.Filter.Not(IsNull(text)),
            ConditionOperator.GreaterOrEqual => Queries.Filter.All,
            ConditionOperator.Less => Queries.Filter.Not(Queries.Filter.All),
            _ => IsNull(text),
        };
    }

    // Whether a side reads the document: members of it, or text of it compared.
    private bool IsOfDocument(Expression side) =>
        Find(side) is not null ||
        (side is MethodCallExpression call && call.Arguments.Count > 0 && Find(call.Arguments[0]) is not null);

    private Filter Call(MethodCallExpression call)
    {
        var owner = call.Object ?? (call.Arguments.Count > 0 ? call.Arguments[0] : null);
        var arguments = call.Object is null ? call.Arguments.Skip(1).ToList() : [.. call.Arguments];
        var isOnText = KnownCalls.IsOnText(call);
        var isOnCollection = KnownCalls.IsOnCollection(call);
        return call.Method.Name switch
        {
            "StartsWith" when isOnText && Find(owner!) is { } path =>
                Text(call, path, arguments, ConditionOperator.StartsWith),
            "Contains" when isOnText && Find(owner!) is { } path =>
                Text(call, path, arguments, ConditionOperator.Contains),
            "Contains" when isOnCollection => Contains(call, owner!, arguments),
            "Equals" when owner is not null && arguments.Count > 0 => Equal(call, owner, arguments),
            "IsNullOrEmpty" when isOnText && Find(owner!) is { } path => Queries.Filter.In(
                path.Path.ToString(), FieldValue.Null, FieldValue.From("")),
            "Any" when isOnCollection && Find(owner!) is { } path => Any(call, path, arguments),
            _ => throw Unsupported(
                call, "the methods StartsWith, Contains, Equals, string.Compare, string.IsNullOrEmpty and Any of " +
                ".NET; compute other values before the query"),
        };
    }

    private static FieldFilter Text(
        MethodCallExpression call, MemberPath path, List<Expression> arguments, ConditionOperator @operator) =>
        KnownCalls.IsOrdinal(arguments[1..]) &&
        Constants.TryEvaluate(arguments[0], out var value) && value is string or char
            ? new FieldFilter(path.Path, [new(@operator, FieldValue.From(value.ToString()))])
            : throw Unsupported(call, "ordinal comparison with a text that is not null");

    // Equals takes values of the member's own type for equal, and NaN for equal to itself.
    private Filter Equal(MethodCallExpression call, Expression owner, List<Expression> arguments)
    {
        var (member, constant) = Find(owner) is null ? (arguments[0], owner) : (owner, arguments[0]);
        if (Find(member) is not { } path || !Constants.TryEvaluate(constant, out var value) ||
            !(KnownCalls.IsOnText(call) ? KnownCalls.IsOrdinal(arguments[1..]) : arguments.Count == 1))
        {
            throw Unsupported(call, "Equals of a member with a value, ordinal where it is text");
        }

        var type = Conversions.Strip(member).Type;
        if (value is not null && (Nullable.GetUnderlyingType(type) ?? type) != value.GetType())
        {
            throw Unsupported(call, $"values of {type.Name} there, for Equals takes no other for equal");
        }

        return value is null && call.Object is not null && !type.IsValueType ? Queries.Filter.Not(Queries.Filter.All)
            : value is double or float
                ? new FieldFilter(path.Path, [MemberCondition.In(path.TypeInfo, [value], call)])
            : MemberCondition.Of(path, ConditionOperator.Equal, value, call);
    }

    // A list of values that holds the member, or a member that holds the value.
    private FieldFilter Contains(MethodCallExpression call, Expression owner, List<Expression> arguments)
    {
        var item = arguments[0];
        if (!KnownCalls.IsDefault(arguments[1..]))
        {
            throw Unsupported(call, "no comparer but StringComparer.Ordinal and the type's own");
        }

        if (Find(KnownCalls.Unspan(owner)) is { } collection &&
            Constants.TryEvaluate(item, out var element) && element is not null)
        {
            var type = MemberPaths.ElementOf(collection.TypeInfo, call);
            return new FieldFilter(
                collection.Path, [MemberCondition.Of(type, ConditionOperator.Equal, element, call)]);
        }

        if (item.Type != typeof(object) && Find(item) is { } path &&
            Constants.TryEvaluate(owner, out var list) && list is IEnumerable values and not string)
        {
            return KnownCalls.IsOrdinal(values)
                ? new FieldFilter(path.Path, [MemberCondition.In(path.TypeInfo, values.Cast<object?>(), call)])
                : throw Unsupported(
                    call, "no set with a comparer of its own, which the JSON knows nothing of. Copy it to a list");
        }

        throw Unsupported(
            call, "a list that contains a member, or a collection member that contains a value that is not null");
    }

    private static Filter Any(MethodCallExpression call, MemberPath path, List<Expression> arguments)
    {
        var element = MemberPaths.ElementOf(path.TypeInfo, call);
        if (arguments.Count == 0)
        {
            return ElementPredicates.Any(call, path, element);
        }

        return Conversions.Strip(arguments[0]) is LambdaExpression predicate
            ? element.Kind == JsonTypeInfoKind.None
                ? new FieldFilter(
                    path.Path, ElementPredicates.Plain(predicate.Body, predicate.Parameters[0], element))
                : ElementPredicates.Any(path, Translate(predicate, element, []).Filter)
            : throw Unsupported(call, "a lambda inside Any");
    }
}
