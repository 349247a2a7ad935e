using System.Globalization;
using System.Text;

namespace Undercroft;

/// <summary>Shows names of any origin safely inside one line of text.</summary>
public static class Names
{
    private const int ShownMax = 64;

    /// <summary>Quotes a name for a message: control and invisible characters escaped, long names cut.</summary>
    /// <param name="name">The name; null is shown as <c>null</c>.</param>
    public static string Show(string? name)
    {
        if (name is null)
        {
            return "null";
        }

        var text = new StringBuilder(Math.Min(name.Length, ShownMax) + 8).Append('\'');
        var shown = Math.Min(name.Length, ShownMax);
        for (var i = 0; i < shown; i++)
        {
            var c = name[i];
            if (i + 1 < name.Length && char.IsSurrogatePair(c, name[i + 1]))
            {
                _ = text.Append(c).Append(name[++i]);
            }
            else if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is
                UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                _ = text.Append(c);
            }
        }

        return text.Append(name.Length > ShownMax ? "…'" : "'").ToString();
    }

    /// <summary>Refuses text that is not valid Unicode: no backend could keep it, and each would make something else of
    /// it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="ArgumentException">It holds a lone surrogate.</exception>
    internal static void CheckUnicode(string text, string what)
    {
        if (LoneSurrogateAt(text) is var at and >= 0)
        {
            throw new ArgumentException(
                $"The {what} {Show(text)} is not valid Unicode: a lone surrogate at position {at}. Use whole " +
                "characters.",
                what);
        }
    }

    /// <summary>Finds the first UTF-16 unit that is half of a pair without its other half.</summary>
    /// <returns>Its position, or −1 where the text is valid Unicode.</returns>
    internal static int LoneSurrogateAt(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        while (at >= 0 && at < text.Length)
        {
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return at;
            }

            var rest = text.AsSpan(at + 2).IndexOfAnyInRange('\uD800', '\uDFFF');
            at = rest < 0 ? -1 : at + 2 + rest;
        }

        return -1;
    }
}
