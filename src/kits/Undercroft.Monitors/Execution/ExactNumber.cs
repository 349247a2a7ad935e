using System.Globalization;

namespace Undercroft.Monitors;

/// <summary>A decimal number of any length: 0.DIGITS times ten to the exponent.</summary>
internal readonly struct ExactNumber : IComparable<ExactNumber>
{
    private readonly int sign;
    private readonly string digits;
    private readonly long exponent;

    private ExactNumber(int sign, string digits, long exponent) =>
        (this.sign, this.digits, this.exponent) = (sign, digits, exponent);

    /// <summary>Reads a number as JSON writes it, or with a sign or zeros more and blanks around it.</summary>
    /// <returns>The number; null where the text is none, as NaN and Infinity are none.</returns>
    public static ExactNumber? Read(string? text)
    {
        var rest = text.AsSpan().Trim();
        var sign = rest.StartsWith('-') ? -1 : 1;
        rest = rest.Length > 0 && rest[0] is '-' or '+' ? rest[1..] : rest;
        var power = rest.IndexOfAny('e', 'E');
        var mantissa = power < 0 ? rest : rest[..power];
        long exponent = 0;
        if (power >= 0 && !TryReadPower(rest[(power + 1)..], out exponent))
        {
            return null;
        }

        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var part = point < 0 ? [] : mantissa[(point + 1)..];
        if (whole.Length + part.Length == 0 || whole.ContainsAnyExceptInRange('0', '9')
            || part.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var all = string.Concat(whole, part);
        var digits = all.TrimStart('0');
        return digits.Length == 0
            ? new ExactNumber(0, "", 0)
            : new ExactNumber(
                sign, digits.TrimEnd('0'), exponent + whole.Length - (all.Length - digits.Length));
    }

    public int CompareTo(ExactNumber other)
    {
        if (sign != other.sign || sign == 0)
        {
            return sign.CompareTo(other.sign);
        }

        var size = exponent != other.exponent
            ? exponent.CompareTo(other.exponent)
            : string.CompareOrdinal(digits, other.digits);
        return sign * Math.Sign(size);
    }

    // A power too long to be counted is as good as the largest.
    private static bool TryReadPower(ReadOnlySpan<char> text, out long power)
    {
        const long Max = long.MaxValue / 4;
        var digits = text.Length > 0 && text[0] is '-' or '+' ? text[1..] : text;
        power = 0;
        if (digits.Length == 0 || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        power = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var read)
            ? Math.Min(read, Max) : Max;
        power = text[0] == '-' ? -power : power;
        return true;
    }
}
