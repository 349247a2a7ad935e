using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Undercroft.Queries;

/// <summary>Evaluates the parts of an expression that do not depend on the document: constants and captured variables,
/// by walking their members, with the conversions C# makes.</summary>
internal static class Constants
{
    public static bool TryEvaluate(Expression expression, out object? value)
    {
        value = null;
        switch (expression)
        {
            case ConstantExpression constant:
                value = constant.Value;
                return true;
            case UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked } convert:
                return TryEvaluate(convert.Operand, out value) && TryConvert(convert, ref value);
            case MemberExpression member:
                object? owner = null;
                var isStatic = member.Expression is null;
                return (isStatic || (TryEvaluate(member.Expression!, out owner) && owner is not null)) &&
                    TryRead(member.Member, owner, out value);
            case NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array:
                var items = new List<object?>();
                foreach (var item in array.Expressions)
                {
                    if (!TryEvaluate(item, out var evaluated))
                    {
                        return false;
                    }

                    items.Add(evaluated);
                }

                value = items;
                return true;
            case MethodCallExpression { Method: { IsSpecialName: true, Name: "op_Implicit" }, Arguments: [var inner] }
                when IsSpan(expression.Type):
                return TryEvaluate(inner, out value);
            default:
                return false;
        }
    }

    private static bool IsSpan(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var definition &&
        (definition == typeof(ReadOnlySpan<>) || definition == typeof(Span<>));

    private static bool TryRead(MemberInfo member, object? owner, out object? value)
    {
        value = member switch
        {
            FieldInfo field => field.GetValue(owner),
            PropertyInfo property => Call(() => property.GetValue(owner)),
            _ => null,
        };
        return member is FieldInfo or PropertyInfo;
    }

    private static bool TryConvert(UnaryExpression convert, ref object? value)
    {
        var target = Nullable.GetUnderlyingType(convert.Type) ?? convert.Type;
        if (value is null)
        {
            return target != convert.Type || !target.IsValueType
                ? convert.Method is null || !IsOwn(convert.Method)
                : throw new InvalidOperationException(
                    $"A query cannot evaluate '{convert}': the value is null, and {target.Name} has no null. " +
                    "Compare with the nullable, or look for null before.");
        }

        if (target.IsInstanceOfType(value) || IsSpan(target))
        {
            return true;
        }

        if (convert.Method is { } method)
        {
            var operand = value;
            value = Call(() => method.Invoke(null, [operand]));
            return true;
        }

        return TryConvert(convert, target, ref value);
    }

    private static bool TryConvert(UnaryExpression convert, Type target, ref object value)
    {
        try
        {
            var isChecked = convert.NodeType == ExpressionType.ConvertChecked;
            if (!Casts.TryConvert(value, target, isChecked, out var converted))
            {
                return false;
            }

            value = converted;
            return true;
        }
        catch (OverflowException error)
        {
            throw new OverflowException(
                $"A query cannot evaluate '{convert}': {value} is no {target.Name}. Compare with a value that fits.",
                error);
        }
    }

    // A conversion of somebody's own may make something of null.
    private static bool IsOwn(MethodInfo method) => !method.GetParameters()[0].ParameterType.IsValueType;

    // What the caller's code throws, as it throws it.
    private static object? Call(Func<object?> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
