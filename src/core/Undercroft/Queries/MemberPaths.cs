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
/// <param name="IsExtra">Whether it is the dictionary of what no member takes: its entries lie beside the members.
/// </param>
/// <param name="CanBeNull">Whether its type says that it may be null.</param>
internal sealed record MemberPath(
    IReadOnlyList<string> Names, JsonTypeInfo TypeInfo, bool IsSingle, bool IsExtra = false, bool CanBeNull = true)
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

    /// <summary>Whether its one value is a time whose text says more than the instant: what kind it is of.</summary>
    public bool IsTextOfTime => IsSingle && MemberForm.IsTextOfTime(TypeInfo);
}

/// <summary>Finds the JSON paths of member accesses, by the names the source-generated description gives
/// them.</summary>
internal static class MemberPaths
{
    /// <summary>Follows member accesses down to the parameter; null where the expression is nothing of the kind.
    /// </summary>
    /// <exception cref="NotSupportedException">A conversion on the way changes values.</exception>
    public static MemberPath? Find(Expression expression, ParameterExpression parameter, JsonTypeInfo root) =>
        Follow(expression, parameter, root) is { IsExtra: false } found ? found : null;

    /// <summary>How the elements of a collection are written.</summary>
    public static JsonTypeInfo ElementOf(JsonTypeInfo collection, Expression expression) =>
        collection.ElementType is { } element
            ? collection.Options.GetTypeInfo(element)
            : throw FilterTranslator.Unsupported(expression, "a collection or dictionary of JSON values");

    private static MemberPath? Follow(Expression expression, ParameterExpression parameter, JsonTypeInfo root)
    {
        var inner = Conversions.Strip(expression);
        var found = inner == parameter ? new MemberPath([], root, IsSingle: true) : Step(inner, parameter, root);
        if (found is not null)
        {
            Conversions.Check(expression);
        }

        return found;
    }

    private static MemberPath? Step(Expression expression, ParameterExpression parameter, JsonTypeInfo root) =>
        expression switch
        {
            MemberExpression { Expression: { } owner } member when IsNullableValue(member) =>
                Follow(owner, parameter, root),
            MemberExpression { Expression: { } owner } member
                when Follow(owner, parameter, root) is { IsExtra: false } found =>
                Member(found, member.Member, expression),
            MethodCallExpression { Object: { } owner, Method.Name: "get_Item", Arguments: [var key] }
                when Follow(owner, parameter, root) is { TypeInfo.Kind: JsonTypeInfoKind.Dictionary } found &&
                    Constants.TryEvaluate(key, out var name) && name is string text =>
                Entry(found, text, expression),
            _ => null,
        };

    private static bool IsNullableValue(MemberExpression member) =>
        member.Member.Name == "Value" && Nullable.GetUnderlyingType(member.Member.DeclaringType!) is not null;

    private static MemberPath Member(MemberPath owner, MemberInfo member, Expression expression)
    {
        if (member.Name == "HasValue" && Nullable.GetUnderlyingType(member.DeclaringType!) is not null)
        {
            throw FilterTranslator.Unsupported(
                expression,
                "HasValue as a condition, alone or compared with == and !=; elsewhere name the member itself");
        }

        var info = Resolve(owner.TypeInfo);
        var property = info.Properties.FirstOrDefault(property => property.Get is not null && IsOf(property, member))
            ?? throw FilterTranslator.Unsupported(
                expression, $"members that the JSON of {info.Type.Name} has; '{member.Name}' is not among them");
        var type = TypeOf(property, info);

        return property.IsExtensionData
            ? owner with { TypeInfo = type, IsExtra = true }
            : new MemberPath(
                [.. owner.Names, property.Name],
                type,
                owner.IsSingle && IsOne(type),
                CanBeNull: property.IsGetNullable);
    }

    // Keys are written as the policy says, but for those of what no member takes.
    private static MemberPath Entry(MemberPath dictionary, string key, Expression expression)
    {
        var element = ElementOf(dictionary.TypeInfo, expression);
        var policy = dictionary.IsExtra ? null : element.Options.DictionaryKeyPolicy;
        return new MemberPath(
            [.. dictionary.Names, policy?.ConvertName(key) ?? key], element, dictionary.IsSingle && IsOne(element));
    }

    // Of what is open nobody knows whether it is a list.
    private static bool IsOne(JsonTypeInfo type) =>
        type.Kind != JsonTypeInfoKind.Enumerable && type.Type != typeof(object) && type.Type != typeof(JsonElement);

    // The type behind a nullable has the members.
    private static JsonTypeInfo Resolve(JsonTypeInfo info) =>
        Nullable.GetUnderlyingType(info.Type) is { } inner ? info.Options.GetTypeInfo(inner) : info;

    private static bool IsOf(JsonPropertyInfo property, MemberInfo member) =>
        property.AttributeProvider is MemberInfo known
            ? known.Name == member.Name
            : property.Name == (property.Options.PropertyNamingPolicy?.ConvertName(member.Name) ?? member.Name);

    // A converter or a handling of numbers that only the property has is asked like one of the options.
    private static JsonTypeInfo TypeOf(JsonPropertyInfo property, JsonTypeInfo owner)
    {
        var known = property.Options.GetTypeInfo(property.PropertyType);
        var handling = property.NumberHandling ?? owner.NumberHandling;
        var isHandled = handling is { } own && own != property.Options.NumberHandling &&
            known.Kind != JsonTypeInfoKind.Object;
        if (property.CustomConverter is null && !isHandled)
        {
            return known;
        }

        var options = new JsonSerializerOptions(property.Options);
        if (property.CustomConverter is { } converter)
        {
            options.Converters.Insert(0, converter);
        }

        options.NumberHandling = isHandled ? handling!.Value : options.NumberHandling;
        return options.GetTypeInfo(property.PropertyType);
    }
}
