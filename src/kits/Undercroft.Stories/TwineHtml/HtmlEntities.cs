using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Character references in Twine HTML: the ones that Twine writes, any number, and the names of HTML 4.</summary>
internal static class HtmlEntities
{
    private const int NameMax = 32;
    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"'\r");
    private static readonly SearchValues<char> AsciiLettersAndDigits =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    private static readonly (string Reference, char Value)[] Canonical =
        [("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&amp;", '&'), ("&#13;", '\r')];

    private static readonly string[] WithoutSemicolon = ["amp", "lt", "gt", "quot", "nbsp"];

    /// <summary>Decodes text, and tells whether <see cref="AppendText"/> would write it just like this.</summary>
    public static string Decode(ReadOnlySpan<char> raw, out bool canonical, out bool broken)
    {
        broken = false;
        var at = raw.IndexOfAny(Special);
        canonical = true;
        if (at < 0)
        {
            return raw.ToString();
        }

        var text = new StringBuilder(raw.Length);
        var from = 0;
        while (at >= 0)
        {
            at += from;
            _ = text.Append(raw[from..at]);
            if (raw[at] != '&')
            {
                canonical = false;
                _ = text.Append(raw[at]);
                from = at + 1;
            }
            else
            {
                from = at + Reference(raw[at..], text, ref canonical, ref broken);
            }

            at = raw[from..].IndexOfAny(Special);
        }

        return text.Append(raw[from..]).ToString();
    }

    /// <summary>Appends text the way Twine writes a passage's.</summary>
    public static void AppendText(StringBuilder output, ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Special); at >= 0; at = text.IndexOfAny(Special))
        {
            _ = output.Append(text[..at]).Append(text[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ => "&#13;",
            });
            text = text[(at + 1)..];
        }

        _ = output.Append(text);
    }

    /// <summary>Appends <c>name="value"</c> after a space, in a form that every HTML reader reads back.</summary>
    public static void AppendAttribute(StringBuilder output, string name, string value)
    {
        _ = output.Append(' ').Append(name).Append("=\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '&' => output.Append("&amp;"),
                '<' => output.Append("&lt;"),
                '>' => output.Append("&gt;"),
                '"' => output.Append("&quot;"),
                '\r' => output.Append("&#13;"),
                '\n' => output.Append("&#10;"),
                '\t' => output.Append("&#9;"),
                _ => output.Append(c),
            };
        }

        _ = output.Append('"');
    }

    private static int Reference(ReadOnlySpan<char> raw, StringBuilder text, ref bool canonical, ref bool broken)
    {
        foreach (var (reference, value) in Canonical)
        {
            if (raw.StartsWith(reference))
            {
                _ = text.Append(value);
                return reference.Length;
            }
        }

        canonical = false;
        return raw.Length > 2 && raw[1] == '#' ? Numeric(raw, text, ref broken) : Named(raw, text);
    }

    private static int Numeric(ReadOnlySpan<char> raw, StringBuilder text, ref bool broken)
    {
        var hex = raw[2] is 'x' or 'X';
        var start = hex ? 3 : 2;
        var end = start;
        var code = 0L;
        while (end < raw.Length && (hex ? char.IsAsciiHexDigit(raw[end]) : char.IsAsciiDigit(raw[end])))
        {
            code = Math.Min((code * (hex ? 16 : 10)) + Digit(raw[end]), int.MaxValue);
            end++;
        }

        if (end == start)
        {
            _ = text.Append('&');
            return 1;
        }

        // What HTML calls C1 is windows-1252, by decree of the browsers.
        if (code is >= 0x80 and <= 0x9F)
        {
            _ = text.Append(Windows1252.Decode([(byte)code]));
        }
        else if (code != 0 && Rune.TryCreate((int)code, out var rune))
        {
            _ = text.Append(rune);
        }
        else
        {
            broken = true;
            _ = text.Append('\uFFFD');
        }

        return end < raw.Length && raw[end] == ';' ? end + 1 : end;
    }

    private static int Digit(char c) => int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Named(ReadOnlySpan<char> raw, StringBuilder text)
    {
        var name = raw[1..Math.Min(raw.Length, NameMax)];
        var end = name.IndexOf(';');
        if (end > 0 && !name[..end].ContainsAnyExcept(AsciiLettersAndDigits))
        {
            var reference = raw[..(end + 2)].ToString();
            _ = text.Append(reference == "&apos;" ? "'" : WebUtility.HtmlDecode(reference));
            return reference.Length;
        }

        foreach (var known in WithoutSemicolon)
        {
            if (name.StartsWith(known) && (name.Length == known.Length || !char.IsAsciiLetterOrDigit(name[known.Length])))
            {
                _ = text.Append(WebUtility.HtmlDecode($"&{known};"));
                return known.Length + 1;
            }
        }

        _ = text.Append('&');
        return 1;
    }
}
