using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Turns values of .NET into those the documents have, by writing them as the documents are written.</summary>
internal static class FieldConstant
{
    /// <exception cref="NotSupportedException">The value is not written as one value of JSON, or is none of the type.
    /// </exception>
    public static FieldValue Of(object? value, JsonTypeInfo type)
    {
        if (value is null)
        {
            return FieldValue.Null;
        }

        var target = MemberForm.UnderlyingOf(type);
        CheckExact(value, target);
        if (!target.IsInstanceOfType(value))
        {
            if (!TryFit(value, target, out var fitted))
            {
                // Wider than the member's type, as in x.Byte < 300: the number itself.
                return Number(value, target);
            }

            value = fitted;
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

    // C# compares a whole number with a binary one as binary ones, of which big ones have no lower digits.
    private static void CheckExact(object value, Type target)
    {
        var (magnitude, digits) = value switch
        {
            double number => (Math.Abs(number), 53),
            float number => (Math.Abs((double)number), 24),
            _ => (0, 64),
        };
        if (Casts.BitsOf(target) > digits && magnitude >= Math.ScaleB(1, digits))
        {
            throw new NotSupportedException(
                $"A query cannot compare a {target.Name} with the {value.GetType().Name} " +
                $"{string.Create(CultureInfo.InvariantCulture, $"{value}")}, which C# would round it to. Compare " +
                "with a whole number.");
        }
    }

    private static FieldValue Number(object value, Type target) => value switch
    {
        Enum => Number(Convert.ToInt64(value, CultureInfo.InvariantCulture), target),
        double binary => FieldValue.From(binary),
        float binary => FieldValue.From(binary),
        IFormattable number when Casts.IsNumber(value.GetType()) && (Casts.IsNumber(target) || target.IsEnum) =>
            FieldValue.Number(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException(
            $"A query cannot compare a {target.Name} with the {value.GetType().Name} " +
            $"{Names.Show(string.Create(CultureInfo.InvariantCulture, $"{value}"))}. Convert the value before the " +
            "query."),
    };

    // There and back, so that it is the same number.
    private static bool TryFit(object value, Type target, out object fitted)
    {
        fitted = value;
        try
        {
            if (!Casts.TryConvert(value, target, isChecked: true, out var converted) ||
                !Casts.TryConvert(converted, value.GetType(), isChecked: true, out var back) || !back.Equals(value))
            {
                return false;
            }

            fitted = converted;
            return true;
        }
        catch (OverflowException)
        {
            // It does not fit.
            return false;
        }
    }
}
