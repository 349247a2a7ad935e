using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>What the JSON of a member's values is like, as far as it can be told: by writing one of them.</summary>
internal static class MemberForm
{
    /// <summary>The type of a member's values that are not null.</summary>
    public static Type UnderlyingOf(JsonTypeInfo info) => Nullable.GetUnderlyingType(info.Type) ?? info.Type;

    /// <summary>Whether numbers that JSON does not have may stand there as text: NaN and the infinite ones.</summary>
    public static bool HasNamedNumbers(JsonTypeInfo info) =>
        info.Options.NumberHandling.HasFlag(JsonNumberHandling.AllowNamedFloatingPointLiterals) &&
        Casts.IsBinary(UnderlyingOf(info));

    /// <summary>Whether it is known to be written as one plain value, with nothing inside.</summary>
    public static bool IsPlain(JsonTypeInfo info) =>
        KindOf(info) is not (null or JsonValueKind.Object or JsonValueKind.Array);

    /// <summary>Whether it is a time with a kind, written as text.</summary>
    public static bool IsTextOfTime(JsonTypeInfo info) =>
        UnderlyingOf(info) == typeof(DateTime) && KindOf(info) == JsonValueKind.String && IsTime(info);

    /// <summary>Refuses to compare by order what the JSON does not order as .NET does, and what nobody knows.</summary>
    /// <exception cref="NotSupportedException">It is such.</exception>
    public static void CheckComparable(JsonTypeInfo info, Expression expression)
    {
        if (IsOrdered(info) != true)
        {
            throw NotOrdered(info, expression);
        }
    }

    /// <summary>Refuses an order by what the JSON orders otherwise than .NET.</summary>
    /// <exception cref="NotSupportedException">It is such.</exception>
    public static void CheckOrder(JsonTypeInfo info, Expression expression)
    {
        if (IsOrdered(info) == false || HasNamedNumbers(info))
        {
            throw NotOrdered(info, expression);
        }
    }

    /// <summary>Refuses equality where equal values are written in several ways.</summary>
    /// <exception cref="NotSupportedException">It is such.</exception>
    public static void CheckEquality(JsonTypeInfo info, Expression expression)
    {
        if (UnderlyingOf(info) == typeof(decimal) && KindOf(info) != JsonValueKind.Number)
        {
            throw FilterTranslator.Unsupported(
                expression,
                "no Decimal that is written as text, where 1.0 and 1.00 are different. Write it as a number");
        }
    }

    /// <summary>Refuses what is no one plain value.</summary>
    /// <exception cref="NotSupportedException">It is such.</exception>
    public static void CheckOne(JsonTypeInfo info, Expression expression)
    {
        if (KindOf(info) is JsonValueKind.Object or JsonValueKind.Array)
        {
            throw FilterTranslator.Unsupported(
                expression,
                $"a member with one plain value there; {UnderlyingOf(info).Name} is written as {Show(KindOf(info))}. " +
                "Name one of its members, or name the path as text in AggregateAsync");
        }
    }

    /// <summary>Refuses to add up what is not written as numbers.</summary>
    /// <exception cref="NotSupportedException">It is such.</exception>
    public static void CheckNumber(JsonTypeInfo info, Expression expression)
    {
        if (KindOf(info) is { } kind && kind != JsonValueKind.Number)
        {
            throw FilterTranslator.Unsupported(
                expression,
                $"members that are written as numbers; {UnderlyingOf(info).Name} is written as " +
                $"{Show(kind)}");
        }
    }

    private static NotSupportedException NotOrdered(JsonTypeInfo info, Expression expression) =>
        FilterTranslator.Unsupported(
            expression,
            $"an order only of what the JSON orders as .NET does; {UnderlyingOf(info).Name} is written as " +
            $"{(HasNamedNumbers(info) ? "a number, or as text where it is none" : Show(KindOf(info)))}. Keep a " +
            "number, such as ticks, compare with ==, or name the path as text to take the order of the JSON");

    private static string Show(JsonValueKind? kind) => kind switch
    {
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => "nobody knows what",
    };

    /// <summary>Whether the order of the JSON is that of .NET; null where it cannot be told.</summary>
    private static bool? IsOrdered(JsonTypeInfo info)
    {
        var type = UnderlyingOf(info);
        var kind = KindOf(info);
        if (Casts.IsNumber(type) || type.IsEnum)
        {
            return kind == JsonValueKind.Number;
        }

        return type == typeof(string) || type == typeof(char) || type == typeof(Guid) || type == typeof(DateOnly) ||
            type == typeof(TimeOnly) ? kind == JsonValueKind.String
            : type == typeof(DateTime) || type == typeof(DateTimeOffset) ? IsTime(info)
            : type == typeof(bool) ? kind is JsonValueKind.True or JsonValueKind.False
            : type == typeof(TimeSpan) || type == typeof(Version) ? kind == JsonValueKind.Number
            : kind is JsonValueKind.Object or JsonValueKind.Array || type == typeof(byte[]) ? false
            : null;
    }

    private static bool IsTime(JsonTypeInfo info) =>
        Write(info) is { ValueKind: JsonValueKind.Number or JsonValueKind.String } json &&
        (json.ValueKind == JsonValueKind.Number || TimeText.TryRead(Encoding.UTF8.GetBytes(json.GetString()!), out _));

    /// <summary>What its values are written as; null where it cannot be told.</summary>
    private static JsonValueKind? KindOf(JsonTypeInfo info) => Nullable.GetUnderlyingType(info.Type) is null
        ? info.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => JsonValueKind.Object,
            JsonTypeInfoKind.Enumerable => JsonValueKind.Array,
            _ => Write(info)?.ValueKind,
        }
        : KindOf(info.Options.GetTypeInfo(UnderlyingOf(info)));

    private static JsonElement? Write(JsonTypeInfo info)
    {
        var type = UnderlyingOf(info);
        return SampleOf(type) is { } sample
            ? JsonSerializer.SerializeToElement(sample, info.Options.GetTypeInfo(type))
            : null;
    }

    private static object? SampleOf(Type type) =>
        type.IsEnum ? EnumOf(type)
        : type == typeof(string) ? "a"
        : type == typeof(bool) ? true
        : type == typeof(char) ? 'a'
        : type == typeof(Guid) ? Guid.Empty
        : type == typeof(DateTime) ? DateTime.UnixEpoch
        : type == typeof(DateTimeOffset) ? DateTimeOffset.UnixEpoch
        : type == typeof(DateOnly) ? DateOnly.MinValue
        : type == typeof(TimeOnly) ? TimeOnly.MinValue
        : type == typeof(TimeSpan) ? TimeSpan.Zero
        : type == typeof(Version) ? new Version(1, 0)
        : Casts.IsNumber(type) && Casts.TryConvert(1, type, isChecked: false, out var one) ? one
        : null;

    // One with a name: another is written as a number whatever the converter.
    private static object EnumOf(Type type)
    {
        var values = Enum.GetValuesAsUnderlyingType(type);
        return Enum.ToObject(type, values.Length > 0 ? values.GetValue(0)! : 0);
    }
}
