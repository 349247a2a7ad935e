using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Turns values of .NET into those the documents have, by writing them as the documents are written.</summary>
internal static class FieldConstant
{
    /// <exception cref="NotSupportedException">The value is not written as one value of JSON.</exception>
    public static FieldValue Of(object? value, JsonTypeInfo type)
    {
        if (value is null)
        {
            return FieldValue.Null;
        }

        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (!target.IsInstanceOfType(value) && !TryConvert(ref value, target))
        {
            // Wider than the member's type, as in x.Byte < 300: the number itself.
            return Number(value, type);
        }

        var json = JsonSerializer.SerializeToElement(value, type.Options.GetTypeInfo(target));
        if (json.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            throw new NotSupportedException(
                $"A query cannot compare with a {target.Name}: it is written as a JSON {json.ValueKind}. " +
                "Compare its members.");
        }

        return value is DateTime or DateTimeOffset && json.ValueKind == JsonValueKind.String &&
            TimeText.TryRead(Encoding.UTF8.GetBytes(json.GetString()!), out var time)
                ? FieldValue.From(time)
                : FieldValue.From(json);
    }

    private static FieldValue Number(object value, JsonTypeInfo type) => value switch
    {
        double binary => FieldValue.From(binary),
        float binary => FieldValue.From(binary),
        IConvertible number => FieldValue.From(number.ToDecimal(CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException(
            $"A query cannot compare a {type.Type.Name} with a {value.GetType().Name}. Convert the value " +
            "before the query."),
    };

    private static bool TryConvert(ref object value, Type target)
    {
        try
        {
            if (target.IsEnum)
            {
                value = Enum.ToObject(target, value);
                return true;
            }

            if (value is not IConvertible convertible || !typeof(IConvertible).IsAssignableFrom(target))
            {
                return false;
            }

            var converted = convertible.ToType(target, CultureInfo.InvariantCulture);
            var isSame = ((IConvertible)converted).ToType(value.GetType(), CultureInfo.InvariantCulture).Equals(value);
            value = isSame ? converted : value;
            return isSame;
        }
        catch (Exception error) when (error
            is OverflowException or InvalidCastException or FormatException or ArgumentException)
        {
            return false;
        }
    }
}
