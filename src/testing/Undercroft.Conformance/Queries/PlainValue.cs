using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Undercroft.Conformance.Queries;

/// <summary>One value of a document, compared as the documentation says, in the plainest way.</summary>
/// <param name="Rank">Its kind, in the order of kinds: null, false or true, numbers, strings, times, objects.</param>
/// <param name="Number">The mantissa of a number, 0 or 1 for false and true, the ticks of a time.</param>
/// <param name="Exponent">The power of ten the mantissa is to be multiplied by.</param>
/// <param name="Text">A string.</param>
/// <param name="IsElement">Whether it is itself an element of an array.</param>
internal readonly record struct PlainValue(
    int Rank, BigInteger Number = default, int Exponent = 0, string Text = "", bool IsElement = false)
{
    public const int Null = 0;
    public const int Boolean = 1;
    public const int Numeric = 2;
    public const int String = 3;
    public const int Time = 4;
    public const int Object = 5;

    public static PlainValue Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.False => new(Boolean, 0),
        JsonValueKind.True => new(Boolean, 1),
        JsonValueKind.Number => OfNumber(json.GetRawText()),
        JsonValueKind.String => new(String, Text: json.GetString()!),
        JsonValueKind.Object => new(Object),
        _ => new(Null),
    };

    public static PlainValue Of(DateTimeOffset? time) => time is { } at ? new(Time, at.UtcTicks) : new(Null);

    /// <summary>Reads a number as digits times a power of ten, losing nothing.</summary>
    public static PlainValue OfNumber(string text)
    {
        var parts = text.ToUpperInvariant().Split('E');
        var exponent = parts.Length == 1 ? 0 : int.Parse(parts[1], NumberStyles.AllowLeadingSign, Invariant);
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : parts[0].Length - point - 1;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        return new(Numeric, BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, Invariant), exponent);
    }

    public static PlainValue Add(PlainValue left, PlainValue right)
    {
        var exponent = Math.Min(left.Exponent, right.Exponent);
        return new(Numeric, left.At(exponent) + right.At(exponent), exponent);
    }

    public int CompareTo(PlainValue other) =>
        Rank != other.Rank ? Rank.CompareTo(other.Rank)
        : Rank switch
        {
            Numeric => At(Math.Min(Exponent, other.Exponent)).CompareTo(
                other.At(Math.Min(Exponent, other.Exponent))),
            Boolean or Time => Number.CompareTo(other.Number),
            String => Encoding.UTF8.GetBytes(Text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other.Text)),
            _ => 0,
        };

    /// <summary>The mantissa where the power of ten is a lower one.</summary>
    public BigInteger At(int exponent) => Number * BigInteger.Pow(10, Exponent - exponent);

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;
}
