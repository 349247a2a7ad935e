using System.Text;

namespace Undercroft.Stories;

/// <summary>The encoding that old Windows editors wrote. Every byte has a character, so it round-trips any
/// file.</summary>
internal static class Windows1252
{
    // Bytes 0x80 to 0x9F; the five undefined ones stand for the control characters of the same number.
    private const string High =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    public static string Decode(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, source) =>
    {
        Encoding.Latin1.GetChars(source, text);
        var rest = text;
        while (rest.IndexOfAnyInRange('\u0080', '\u009F') is var at and >= 0)
        {
            rest[at] = High[rest[at] - '\u0080'];
            rest = rest[(at + 1)..];
        }
    });

    /// <summary>Tells whether the encoding has every character of a text.</summary>
    public static bool CanEncode(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c is not (< '\u0080' or (>= '\u00A0' and <= '\u00FF')) && !High.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Encodes a text that <see cref="CanEncode"/> agrees to.</summary>
    public static void Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            bytes[i] = c is < '\u0080' or (>= '\u00A0' and <= '\u00FF')
                ? (byte)c
                : (byte)(0x80 + High.IndexOf(c, StringComparison.Ordinal));
        }
    }
}
