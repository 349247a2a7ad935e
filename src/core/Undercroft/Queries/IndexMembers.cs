using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Holds the fields of indexes against the JSON of the documents' type: over a field that no document has, a
/// unique index would let everything through.</summary>
internal static class IndexMembers
{
    private const int NamedMax = 12;

    /// <summary>The field a member is.</summary>
    /// <exception cref="NotSupportedException">It is no member that the JSON has.</exception>
    public static IndexField FieldOf(LambdaExpression member, JsonTypeInfo info)
    {
        ArgumentNullException.ThrowIfNull(member);
        var path = FilterTranslator.PathOf(member, info);
        return new IndexField(path.Path, (path with { TypeInfo = path.ValueType }).Kind);
    }

    /// <summary>Refuses fields that the JSON does not have, as far as that can be told.</summary>
    /// <exception cref="ArgumentException">It has no such field; the one that was meant is named.</exception>
    public static void Check(string collection, IndexDefinition index, JsonTypeInfo info)
    {
        foreach (var field in index.Fields)
        {
            Check(collection, index, field, info);
        }
    }

    private static void Check(string collection, IndexDefinition index, IndexField field, JsonTypeInfo info)
    {
        var at = info;
        for (var depth = 0; depth < field.Path.Names.Count && Inside(at) is { } owner; depth++)
        {
            var name = field.Path.Names[depth];
            if (owner.Kind == JsonTypeInfoKind.Dictionary)
            {
                at = TypeOf(owner, owner.ElementType);
                continue;
            }

            var property = owner.Properties.FirstOrDefault(one => one.Name == name && IsWritten(one));
            if (property is null)
            {
                if (MayHaveMore(owner))
                {
                    return;
                }

                throw new ArgumentException(
                    $"The index {Names.Show(index.Name)} of {Names.Show(collection)} is over " +
                    $"{Names.Show(field.Path.ToString())}, and the JSON of {owner.Type.Name} has no " +
                    $"{Names.Show(name)}. {Advice(owner, name)}",
                    nameof(index));
            }

            at = property.CustomConverter is null ? TypeOf(owner, property.PropertyType) : null;
        }
    }

    private static string Advice(JsonTypeInfo owner, string name)
    {
        var written = owner.Properties.Where(IsWritten).ToList();
        var meant = written.Find(one =>
            string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase) ||
            (one.AttributeProvider is MemberInfo member &&
                string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)));
        return meant is not null
            ? $"Write {Names.Show(meant.Name)}, or name the member by an expression."
            : written.Count == 0 ? "It is one plain value: name that."
            : $"It has {string.Join(", ", written.Take(NamedMax).Select(static one => Names.Show(one.Name)))}" +
                $"{(written.Count > NamedMax ? " and others" : "")}. Name one of them.";
    }

    private static bool IsWritten(JsonPropertyInfo property) => property.Get is not null && !property.IsExtensionData;

    private static bool MayHaveMore(JsonTypeInfo owner) =>
        owner.PolymorphismOptions is not null || owner.Properties.Any(static one => one.IsExtensionData);

    // What has properties, behind lists and nullables; null where nobody knows.
    private static JsonTypeInfo? Inside(JsonTypeInfo? info)
    {
        while (info is { Kind: JsonTypeInfoKind.Enumerable })
        {
            info = TypeOf(info, info.ElementType);
        }

        return info is not null && Nullable.GetUnderlyingType(info.Type) is { } inner ? Inside(TypeOf(info, inner))
            : info is { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary } ? info
            : info is not null && MemberForm.IsPlain(info) ? info
            : null;
    }

    private static JsonTypeInfo? TypeOf(JsonTypeInfo owner, Type? type) =>
        type is not null && owner.Options.TryGetTypeInfo(type, out var info) ? info : null;
}
