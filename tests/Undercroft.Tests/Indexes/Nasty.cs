using System.Globalization;
using System.Numerics;
using System.Text;

namespace Undercroft.Tests.Indexes;

/// <summary>Random values with a taste for edges, the same for the same seed.</summary>
internal static class Nasty
{
    private static readonly string[] Texts =
    [
        "", "\0", "\u0001", "\0\0", "\u0001\u0001", "a", "a\0", "a\u0001", "a\0b", "ab", "b", "A", "é", "e\u0301",
            "\uFFFD",
        "\uFFFF", "😀", "\uE000", "\u07FF", "\u0800", "z", " ", "-1", "null", "2024-01-01", "\u2028", "\"", "\\",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "0.0", "0e400", "1", "1.0", "1e0", "10e-1", "-1", "-1.0", "0.1", "-0.1", "10", "1E+1", "9", "99",
            "100",
        "101", "1e63", "1e64", "1e65", "1e-63", "1e-64", "1e-65", "1e-66", "1e400", "-1e400", "1e-400", "-1e-400",
            "1e300",
        "9007199254740993", "9007199254740992", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
        "79228162514264337593543950335", "0.1000000000000000055511151231257827", "123456789.987654321", "1e255",
            "1e256",
        "12e1000", "1.5", "1.50", "15e-1", "-1.5", "0.00000000000000000001",
    ];

    public static string Text(Random random)
    {
        if (random.Next(3) > 0)
        {
            return Texts[random.Next(Texts.Length)];
        }

        var text = new StringBuilder();
        for (var length = random.Next(6); length > 0; length--)
        {
            _ = text.Append(Texts[random.Next(Texts.Length)]);
        }

        return text.ToString();
    }

    public static string Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(-200, 200).ToString(CultureInfo.InvariantCulture),
        1 => (random.NextDouble() * Math.Pow(10, random.Next(-20, 20))).ToString("R", CultureInfo.InvariantCulture),
        2 => string.Create(
            CultureInfo.InvariantCulture,
                $"{(random.Next(2) == 0 ? "-" : "")}{random.Next(1000)}.{random.Next(1000)}e{random.Next(-300, 300)}"),
        _ => Numbers[random.Next(Numbers.Length)],
    };

    /// <summary>Compares JSON numbers by their exact values, by other means than the encoding.</summary>
    public static int CompareNumbers(string left, string right)
    {
        var (a, x) = Scale(left);
        var (b, y) = Scale(right);
        var low = Math.Min(x, y);
        return (a * BigInteger.Pow(10, x - low)).CompareTo(b * BigInteger.Pow(10, y - low));
    }

    private static (BigInteger Value, int Exponent) Scale(string json)
    {
        var parts = json.ToUpperInvariant().Split('E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : parts[0].Length - point - 1;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        return (BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent);
    }
}
