using System.Globalization;
using System.Text;

namespace Undercroft.Cli.Output;

/// <summary>Makes text of any origin safe to show: what would move the cursor, change colours or turn the direction of
/// writing is written as <c>\u001b</c>.</summary>
internal static class SafeText
{
    /// <summary>Escapes everything that is no visible character, line breaks and tabs too.</summary>
    public static string OneLine(string text) => Escape(text, keepsLines: false);

    /// <summary>Escapes everything that is no visible character, but keeps line breaks and tabs.</summary>
    public static string Block(string text) => Escape(text, keepsLines: true);

    /// <summary>Escapes within JSON text, where <c>\u001b</c> means the same character: the value does not change.
    /// </summary>
    public static string Json(string json) => Escape(json, keepsLines: true);

    private static string Escape(string text, bool keepsLines)
    {
        var at = 0;
        while (at < text.Length && !IsHostile(text, at, keepsLines))
        {
            at += SizeAt(text, at);
        }

        if (at >= text.Length)
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 16).Append(text, 0, at);
        while (at < text.Length)
        {
            var size = SizeAt(text, at);
            if (!IsHostile(text, at, keepsLines))
            {
                _ = safe.Append(text, at, size);
            }
            else
            {
                for (var i = 0; i < size; i++)
                {
                    _ = safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at + i]:x4}");
                }
            }

            at += size;
        }

        return safe.ToString();
    }

    private static int SizeAt(string text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static bool IsHostile(string text, int at, bool keepsLines) => text[at] switch
    {
        >= ' ' and <= '~' => false,
        '\n' or '\t' => !keepsLines,
        // A carriage return alone would let a line overwrite itself.
        '\r' => !keepsLines || at + 1 == text.Length || text[at + 1] != '\n',
        // Without these two, Persian, Indic scripts and joined emoji fall apart; they hide nothing.
        '\u200c' or '\u200d' => false,
        _ => CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };
}
