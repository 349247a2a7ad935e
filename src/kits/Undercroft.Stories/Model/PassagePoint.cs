using System.Globalization;

namespace Undercroft.Stories;

/// <summary>A pair of numbers that editors keep for a passage's tile, such as <c>600,400</c>.</summary>
/// <param name="Raw">The text as written; it is what every writer writes.</param>
public sealed record PassagePoint(string Raw)
{
    /// <summary>The first number; null where the text is not two numbers.</summary>
    public decimal? X => Parse(out var x, out _) ? x : null;

    /// <summary>The second number; null where the text is not two numbers.</summary>
    public decimal? Y => Parse(out _, out var y) ? y : null;

    private bool Parse(out decimal x, out decimal y)
    {
        y = 0;
        var text = Raw.AsSpan();
        var comma = text.IndexOf(',');
        return decimal.TryParse(comma < 0 ? [] : text[..comma], NumberStyles.Float, CultureInfo.InvariantCulture, out x)
            && decimal.TryParse(text[(comma + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out y);
    }
}
