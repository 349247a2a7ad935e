using System.Globalization;

namespace Undercroft.Stories;

/// <summary>A pair of numbers that editors keep for a passage's tile, such as <c>600,400</c>.</summary>
/// <param name="Raw">The text as written; it is what every writer writes.</param>
public sealed record PassagePoint(string Raw)
{
    // So many fit into an int.
    private const int PlainDigitsMax = 9;

    /// <summary>The first number; null where the text is not two numbers.</summary>
    public decimal? X => Parse(out var x, out _) ? x : null;

    /// <summary>The second number; null where the text is not two numbers.</summary>
    public decimal? Y => Parse(out _, out var y) ? y : null;

    private bool Parse(out decimal x, out decimal y)
    {
        y = 0;
        var text = Raw.AsSpan();
        var comma = text.IndexOf(',');
        return TryParse(comma < 0 ? [] : text[..comma], out x) && TryParse(text[(comma + 1)..], out y);
    }

    private static bool TryParse(ReadOnlySpan<char> text, out decimal number)
    {
        // A few digits, as nearly all are, need no general way.
        if (text.Length is 0 or > PlainDigitsMax || text.ContainsAnyExceptInRange('0', '9'))
        {
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        }

        var plain = 0;
        foreach (var digit in text)
        {
            plain = (plain * 10) + (digit - '0');
        }

        number = plain;
        return true;
    }
}
