using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Turns values made by aggregates into those of .NET.</summary>
internal static class AggregateResult
{
    // No whole number of .NET has more digits.
    private const int DigitsMax = 40;

    public static decimal? ToDecimal(FieldValue value) =>
        value.Kind == FieldValueKind.Null ? null
        : value.TryGetDecimal(out var number) ? number
        : throw new StoreException(
            StoreErrorKind.LimitExceeded,
            $"The result {Names.Show(value.ToString())} has more digits than a decimal. Use " +
            "AggregateAsync, which keeps all.");

    /// <summary>An average, rounded to what a decimal holds.</summary>
    public static decimal? ToAverage(FieldValue value) =>
        value.Kind == FieldValueKind.Number &&
        decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rounded)
            ? rounded
            : ToDecimal(value);

    public static TValue? To<TValue>(FieldValue value, JsonTypeInfo type)
    {
        if (value.Kind == FieldValueKind.Null)
        {
            return default(TValue) is null ? default : throw new InvalidOperationException(
                $"No document has a value to compare, and {typeof(TValue).Name} has no null. Select a nullable, as " +
                "in x => (int?)x.Score.");
        }

        var read = Read(value, type);
        return read is null or TValue ? (TValue?)read
            : Casts.TryConvert(
                read, Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue), isChecked: false, out var number)
                ? (TValue)number
            : (TValue)read;
    }

    // As a document's value would be: with its converter.
    private static object? Read(FieldValue value, JsonTypeInfo type)
    {
        var json = value.Kind switch
        {
            FieldValueKind.Time => $"\"{TimeText.Write(value.Time)}\"",
            FieldValueKind.Number => Plain(value.Text),
            _ => value.ToString(),
        };
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException error)
        {
            throw new StoreException(
                StoreErrorKind.Malformed,
                $"The value {Names.Show(value.ToString())} that was found is no {type.Type.Name}: some document is " +
                "not of the type. Use AggregateAsync, which takes values as they are.",
                error);
        }
    }

    // Whole numbers are read without an exponent.
    private static string Plain(string number)
    {
        var at = number.IndexOfAny(['e', 'E']);
        if (at < 0 ||
            !int.TryParse(
                number.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var up))
        {
            return number;
        }

        var point = number.IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : at - point - 1;
        return up < fraction || up > DigitsMax
            ? number
            : number[..at].Replace(".", "", StringComparison.Ordinal) + new string('0', up - fraction);
    }
}
