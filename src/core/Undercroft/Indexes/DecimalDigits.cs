namespace Undercroft.Indexes;

/// <summary>A JSON number taken apart without losing anything: 0.digits × 10^exponent, no zero at either end.</summary>
internal readonly ref struct DecimalDigits
{
    private const long ExponentMax = 100_000_000_000_000_000;

    private DecimalDigits(ReadOnlySpan<byte> digits, long exponent, bool isNegative)
    {
        Digits = digits;
        Exponent = exponent;
        IsNegative = isNegative;
    }

    /// <summary>The digits as they stand; there may be a point among them.</summary>
    public ReadOnlySpan<byte> Digits { get; }

    public long Exponent { get; }

    public bool IsNegative { get; }

    public bool IsZero => Digits.IsEmpty;

    /// <summary>Takes a valid JSON number apart.</summary>
    public static DecimalDigits Parse(ReadOnlySpan<byte> json)
    {
        var isNegative = json[0] == '-';
        var mantissa = isNegative ? json[1..] : json;
        var exponent = 0L;
        if (mantissa.IndexOfAny((byte)'e', (byte)'E') is var mark and >= 0)
        {
            exponent = ParseExponent(mantissa[(mark + 1)..]);
            mantissa = mantissa[..mark];
        }

        var point = mantissa.IndexOf((byte)'.');
        var first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
        {
            return default;
        }

        var last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        var whole = point < 0 ? mantissa.Length : point;
        exponent += first < whole ? whole - first : whole + 1 - first;
        return new(mantissa[first..(last + 1)], exponent, isNegative);
    }

    private static long ParseExponent(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == '-';
        var value = 0L;
        foreach (var digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
        {
            value = Math.Min((10 * value) + digit - '0', ExponentMax);
        }

        return isNegative ? -value : value;
    }
}
