using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Undercroft.Queries;

/// <summary>Knows the methods of .NET that filters can say, and which of their arguments change what they mean.
/// </summary>
internal static class KnownCalls
{
    /// <summary>Whether it is a method of text.</summary>
    public static bool IsOnText(MethodCallExpression call) => call.Method.DeclaringType == typeof(string);

    /// <summary>Whether it is LINQ's, or a method of one of .NET's collections.</summary>
    public static bool IsOnCollection(MethodCallExpression call) =>
        call.Method.DeclaringType is { } type &&
        (type == typeof(Enumerable) || type == typeof(MemoryExtensions) ||
            type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true);

    /// <summary>Whether text is compared by its characters: two arguments, or a third that says so.</summary>
    public static bool IsOrdinal(IReadOnlyList<Expression> rest) =>
        rest.Count == 0 ||
        (rest.Count == 1 && Constants.TryEvaluate(rest[0], out var mode) && mode is StringComparison.Ordinal);

    /// <summary>Whether a comparer compares as the type itself does, text by its characters.</summary>
    public static bool IsDefault(IReadOnlyList<Expression> rest) =>
        rest.Count == 0 ||
        (rest.Count == 1 && Constants.TryEvaluate(rest[0], out var comparer) && IsDefault(comparer));

    /// <summary>Whether a collection finds text by its characters.</summary>
    public static bool IsOrdinal(IEnumerable list) => list switch
    {
        HashSet<string> set => IsDefault(set.Comparer),
        FrozenSet<string> set => IsDefault(set.Comparer),
        ImmutableHashSet<string> set => IsDefault(set.KeyComparer),
        SortedSet<string> set => StringComparer.Ordinal.Equals(set.Comparer),
        ImmutableSortedSet<string> set => StringComparer.Ordinal.Equals(set.KeyComparer),
        ISet<string> or IReadOnlySet<string> => false,
        _ => list.GetType().Name != "KeyCollection",
    };

    // Spans come of arrays.
    public static Expression Unspan(Expression expression) =>
        expression is MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var inner] } ? inner : expression;

    private static bool IsDefault(object? comparer) =>
        comparer is null || comparer.Equals(EqualityComparer<string>.Default) ||
        StringComparer.Ordinal.Equals(comparer);
}
