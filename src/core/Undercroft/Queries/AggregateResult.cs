using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>Turns values made by aggregates into those of .NET.</summary>
internal static class AggregateResult
{
    public static decimal? ToDecimal(FieldValue value) =>
        value.Kind == FieldValueKind.Null ? null
        : value.TryGetDecimal(out var number) ? number
        : throw new StoreException(
            StoreErrorKind.LimitExceeded,
            $"The result {Names.Show(value.ToString())} has more digits than a decimal. Use " +
            "AggregateAsync, which keeps all.");

    public static TValue? To<TValue>(FieldValue value, JsonTypeInfo type)
    {
        if (value.Kind == FieldValueKind.Null)
        {
            return default(TValue) is null ? default : throw new InvalidOperationException(
                $"No document has a value to compare, and {typeof(TValue).Name} has no null. Select a nullable, as " +
                "in x => (int?)x.Score.");
        }

        // Read as a document's value would be: with its converter.
        var json = value.Kind == FieldValueKind.Time ? $"\"{TimeText.Write(value.Time)}\"" : value.ToString();
        var read = JsonSerializer.Deserialize(json, type);
        return read is null or TValue
            ? (TValue?)read
            : (TValue)Convert.ChangeType(
                read, Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue), CultureInfo.InvariantCulture);
    }
}
