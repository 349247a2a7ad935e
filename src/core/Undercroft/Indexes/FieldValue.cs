using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Undercroft.Indexes;

/// <summary>One value a field can have, comparable with every other. The default is null.</summary>
public readonly struct FieldValue : IEquatable<FieldValue>, IComparable<FieldValue>
{
    private readonly string? text;
    private readonly long number;

    private FieldValue(FieldValueKind kind, string? text = null, long number = 0)
    {
        Kind = kind;
        this.text = text;
        this.number = number;
    }

    /// <summary>Null.</summary>
    public static FieldValue Null => default;

    /// <summary>What stands for any object.</summary>
    public static FieldValue AnyObject => new(FieldValueKind.AnyObject);

    /// <summary>The kind of value.</summary>
    public FieldValueKind Kind { get; }

    /// <summary>A boolean's value; false for all else.</summary>
    public bool Boolean => Kind == FieldValueKind.Boolean && number != 0;

    /// <summary>A string's text, a number as JSON writes it; empty for all else.</summary>
    public string Text => text ?? "";

    /// <summary>A time's instant, in UTC; the least there is for all else.</summary>
    public DateTimeOffset Time => Kind == FieldValueKind.Time ? new(number, TimeSpan.Zero) : default;

    /// <summary>A boolean.</summary>
    public static FieldValue From(bool value) => new(FieldValueKind.Boolean, number: value ? 1 : 0);

    /// <summary>A whole number.</summary>
    public static FieldValue From(long value) =>
        new(FieldValueKind.Number, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A decimal number.</summary>
    public static FieldValue From(decimal value) =>
        new(FieldValueKind.Number, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A binary number, by the shortest decimal text that reads back as it: what JSON writes.</summary>
    /// <exception cref="ArgumentException">It is infinite or no number: JSON has neither.</exception>
    public static FieldValue From(double value) => double.IsFinite(value)
        ? new(FieldValueKind.Number, value.ToString("R", CultureInfo.InvariantCulture))
        : throw new ArgumentException(
            $"JSON has no number {value.ToString(CultureInfo.InvariantCulture)}. Give a finite one.", nameof(value));

    /// <summary>A string; null gives <see cref="Null"/>.</summary>
    /// <exception cref="ArgumentException">It is not valid Unicode.</exception>
    public static FieldValue From(string? value) =>
        value is null ? Null
        : Names.LoneSurrogateAt(value) < 0 ? new(FieldValueKind.Text, value)
        : throw new ArgumentException(
            $"{Names.Show(value)} is not valid Unicode. Give whole characters.", nameof(value));

    /// <summary>An instant: it equals every way to write it, whatever the offset.</summary>
    public static FieldValue From(DateTimeOffset value) => new(FieldValueKind.Time, number: value.UtcTicks);

    /// <summary>A value of JSON: null, true, false, a number or a string.</summary>
    /// <exception cref="ArgumentException">It is an array or an object.</exception>
    public static FieldValue From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => Null,
        JsonValueKind.True => From(true),
        JsonValueKind.False => From(false),
        JsonValueKind.Number => new(FieldValueKind.Number, value.GetRawText()),
        JsonValueKind.String => From(value.GetString()),
        _ => throw new ArgumentException(
            $"Expected null, true, false, a number or a string; found {value.ValueKind}. Compare the fields inside it.",
            nameof(value)),
    };

    /// <summary>Gives a number as a <see cref="decimal"/>.</summary>
    /// <returns>Whether it is a number that a decimal holds exactly.</returns>
    public bool TryGetDecimal(out decimal value)
    {
        value = 0;
        return Kind == FieldValueKind.Number
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && From(value).Equals(this);
    }

    /// <inheritdoc/>
    public int CompareTo(FieldValue other) => Encode().AsSpan().SequenceCompareTo(other.Encode());

    /// <inheritdoc/>
    public bool Equals(FieldValue other) => Kind == other.Kind && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Encode());
        return hash.ToHashCode();
    }

    /// <summary>Says whether two values are equal.</summary>
    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    /// <summary>Says whether two values differ.</summary>
    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);

    /// <summary>Writes the value as JSON has it; a time as <c>time "…"</c>, an object as <c>{…}</c>.</summary>
    public override string ToString() => Kind switch
    {
        FieldValueKind.Boolean => Boolean ? "true" : "false",
        FieldValueKind.Number => Text,
        FieldValueKind.Text => $"\"{JsonEncodedText.Encode(Text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"",
        FieldValueKind.Time => $"time \"{TimeText.Write(Time)}\"",
        FieldValueKind.AnyObject => "{…}",
        _ => "null",
    };

    /// <summary>A number as JSON writes it, already known to be one.</summary>
    internal static FieldValue Number(string json) => new(FieldValueKind.Number, json);

    /// <summary>Encodes the value for an index, upwards.</summary>
    internal byte[] Encode()
    {
        var writer = new IndexKeyWriter(Text.Length + 16);
        writer.WriteValue(this);
        return writer.Written.ToArray();
    }
}
