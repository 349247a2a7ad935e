using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>A member of a type as its JSON has it.</summary>
/// <param name="Names">The property names from the document to it.</param>
/// <param name="TypeInfo">How its values are written.</param>
/// <param name="IsSingle">Whether it has one value in a document: no collection is on the way, nor is it one.</param>
internal sealed record MemberPath(IReadOnlyList<string> Names, JsonTypeInfo TypeInfo, bool IsSingle)
{
    /// <summary>How one of its values is written: of a collection, an element.</summary>
    public JsonTypeInfo ValueType => TypeInfo.Kind == JsonTypeInfoKind.Enumerable && TypeInfo.ElementType is { } element
        ? TypeInfo.Options.GetTypeInfo(element)
        : TypeInfo;

    public FieldPath Path => FieldPath.Of(Names);

    /// <summary>Whether its values are compared as instants.</summary>
    public FieldKind Kind => Nullable.GetUnderlyingType(TypeInfo.Type) is var inner &&
        (inner ?? TypeInfo.Type) is { } type && (type == typeof(DateTime) || type == typeof(DateTimeOffset))
            ? FieldKind.Time
            : FieldKind.Default;
}

/// <summary>Finds the JSON paths of member accesses, by the names the source-generated description gives
/// them.</summary>
internal static class MemberPaths
{
    /// <summary>Follows member accesses down to the parameter; null where the expression is nothing of the kind.
    /// </summary>
    public static MemberPath? Find(Expression expression, ParameterExpression parameter, JsonTypeInfo root)
    {
        expression = Strip(expression);
        if (expression == parameter)
        {
            return new MemberPath([], root, IsSingle: true);
        }

        return expression switch
        {
            MemberExpression { Expression: { } owner } member when IsNullableValue(member) =>
                Find(owner, parameter, root),
            MemberExpression { Expression: { } owner } member when Find(owner, parameter, root) is { } found =>
                Member(found, member.Member, expression),
            MethodCallExpression { Object: { } owner, Method.Name: "get_Item", Arguments: [var key] }
                when Find(owner, parameter, root) is { TypeInfo.Kind: JsonTypeInfoKind.Dictionary } found &&
                    Constants.TryEvaluate(key, out var name) && name is string text =>
                found with { Names = [.. found.Names, text], TypeInfo = ElementOf(found.TypeInfo, expression) },
            _ => null,
        };
    }

    /// <summary>How the elements of a collection are written.</summary>
    public static JsonTypeInfo ElementOf(JsonTypeInfo collection, Expression expression) =>
        collection.ElementType is { } element
            ? collection.Options.GetTypeInfo(element)
            : throw FilterTranslator.Unsupported(expression, "a collection or dictionary of JSON values");

    /// <summary>Takes away conversions, which do not change what is stored.</summary>
    public static Expression Strip(Expression expression)
    {
        while (expression is UnaryExpression
            { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.TypeAs } convert)
        {
            expression = convert.Operand;
        }

        return expression;
    }

    private static bool IsNullableValue(MemberExpression member) =>
        member.Member.Name == "Value" && Nullable.GetUnderlyingType(member.Member.DeclaringType!) is not null;

    private static MemberPath Member(MemberPath owner, MemberInfo member, Expression expression)
    {
        var info = Resolve(owner.TypeInfo);
        var property = info.Properties.FirstOrDefault(property => property.Get is not null && IsOf(property, member))
            ?? throw FilterTranslator.Unsupported(
                expression, $"members that the JSON of {info.Type.Name} has; '{member.Name}' is not among them");
        var type = TypeOf(property);
        return new MemberPath(
            [.. owner.Names, property.Name], type, owner.IsSingle && type.Kind != JsonTypeInfoKind.Enumerable);
    }

    // The type behind a nullable has the members.
    private static JsonTypeInfo Resolve(JsonTypeInfo info) =>
        Nullable.GetUnderlyingType(info.Type) is { } inner ? info.Options.GetTypeInfo(inner) : info;

    private static bool IsOf(JsonPropertyInfo property, MemberInfo member) =>
        property.AttributeProvider is MemberInfo known
            ? known.Name == member.Name
            : property.Name == (property.Options.PropertyNamingPolicy?.ConvertName(member.Name) ?? member.Name);

    // A converter of the property alone is asked like one of the options.
    private static JsonTypeInfo TypeOf(JsonPropertyInfo property)
    {
        if (property.CustomConverter is not { } converter)
        {
            return property.Options.GetTypeInfo(property.PropertyType);
        }

        var options = new JsonSerializerOptions(property.Options);
        options.Converters.Insert(0, converter);
        return options.GetTypeInfo(property.PropertyType);
    }
}

/// <summary>Evaluates the parts of an expression that do not depend on the document: constants and captured variables,
/// by walking their members.</summary>
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
                return TryEvaluate(convert.Operand, out value) && TryConvert(convert.Type, ref value);
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
            PropertyInfo property => property.GetValue(owner),
            _ => null,
        };
        return member is FieldInfo or PropertyInfo;
    }

    private static bool TryConvert(Type type, [NotNullIfNotNull(nameof(value))] ref object? value)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null || target.IsInstanceOfType(value) || IsSpan(target))
        {
            return true;
        }

        if (target.IsEnum)
        {
            value = Enum.ToObject(target, value);
            return true;
        }

        if (value is IConvertible convertible && typeof(IConvertible).IsAssignableFrom(target))
        {
            value = convertible.ToType(target, System.Globalization.CultureInfo.InvariantCulture);
            return true;
        }

        return false;
    }
}
