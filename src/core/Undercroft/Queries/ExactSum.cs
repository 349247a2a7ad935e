using System.Globalization;
using System.Numerics;
using System.Text;
using Undercroft.Indexes;

namespace Undercroft.Queries;

/// <summary>A sum of decimal numbers that loses nothing: a whole number times a power of ten.</summary>
internal sealed class ExactSum
{
    // Numbers further out would need thousands of digits next to ordinary ones.
    private const int ExponentMax = 1_000;
    private const int AverageDigits = 28;

    private BigInteger total;
    private int scale;
    private long small;

    public long Count { get; private set; }

    /// <summary>Adds a number given as JSON has it.</summary>
    public void Add(string number, RecordKey key)
    {
        var json = Encoding.ASCII.GetBytes(number);
        var parts = DecimalDigits.Parse(json);
        Count++;
        if (parts.IsZero)
        {
            return;
        }

        if (Math.Abs(parts.Exponent) > ExponentMax)
        {
            throw new LimitExceededException(
                $"the number {Names.Show(number)} of {Names.Show(key.ToString())} in a sum",
                "the decimal exponent", ExponentMax, parts.Exponent);
        }

        var (digits, length) = Whole(parts);
        var exponent = (int)parts.Exponent - length;
        if (exponent >= 0 && scale == 0 && length + exponent <= 17)
        {
            AddSmall((long)(digits * BigInteger.Pow(10, exponent)));
            return;
        }

        Flush();
        if (exponent < scale)
        {
            total *= BigInteger.Pow(10, scale - exponent);
            scale = exponent;
        }

        total += digits * BigInteger.Pow(10, exponent - scale);
    }

    public FieldValue ToValue()
    {
        Flush();
        return Canonical(total, scale);
    }

    public FieldValue ToAverage()
    {
        Flush();
        if (Count == 0)
        {
            return FieldValue.Null;
        }

        // Enough digits to round once, and then those that are left over are rounded half away from zero.
        var shift = Math.Max(0, AverageDigits + 2 + Length(Count) - Length(total));
        var quotient = BigInteger.DivRem(total * BigInteger.Pow(10, shift), Count, out _);
        var excess = Math.Max(0, Length(quotient) - AverageDigits);
        var unit = BigInteger.Pow(10, excess);
        var rounded = (quotient + (excess == 0 ? 0 : quotient.Sign * (unit / 2))) / unit;
        return Canonical(rounded, scale - shift + excess);
    }

    private static int Length(BigInteger value) => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length;

    private static FieldValue Canonical(BigInteger value, int scale) => IndexKeyReader.Decode(
        FieldValue.Number(string.Create(CultureInfo.InvariantCulture, $"{value}e{scale}")).Encode());

    private static (BigInteger Digits, int Length) Whole(DecimalDigits parts)
    {
        var value = 0L;
        var length = 0;
        BigInteger? large = null;
        foreach (var digit in parts.Digits)
        {
            if (digit == '.')
            {
                continue;
            }

            length++;
            if (length > 18)
            {
                large = ((large ?? value) * 10) + (digit - '0');
            }
            else
            {
                value = (10 * value) + digit - '0';
            }
        }

        var digits = large ?? value;
        return (parts.IsNegative ? -digits : digits, length);
    }

    private void AddSmall(long value)
    {
        if (Math.Abs(small) > long.MaxValue / 2)
        {
            Flush();
        }

        small += value;
    }

    private void Flush()
    {
        if (small != 0)
        {
            total += small * BigInteger.Pow(10, -scale);
            small = 0;
        }
    }
}
