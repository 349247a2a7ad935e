using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Character references in Twine HTML: the ones that Twine writes, any number, and the names of HTML
/// 4.</summary>
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

        // What is decoded is never longer than what stands for it.
        var buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        var text = new Output(buffer);
        while (at >= 0)
        {
            text.Append(raw[..at]);
            raw = raw[at..];
            if (raw[0] != '&')
            {
                canonical = false;
                text.Append(raw[..1]);
                raw = raw[1..];
            }
            else
            {
                raw = raw[Reference(raw, ref text, ref canonical, ref broken)..];
            }

            at = raw.IndexOfAny(Special);
        }

        text.Append(raw);
        var decoded = text.ToString();
        ArrayPool<char>.Shared.Return(buffer);
        return decoded;
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

    private static int Reference(ReadOnlySpan<char> raw, ref Output text, ref bool canonical, ref bool broken)
    {
        foreach (var (reference, value) in Canonical)
        {
            if (raw.StartsWith(reference))
            {
                text.Append([value]);
                return reference.Length;
            }
        }

        canonical = false;
        return raw.Length > 2 && raw[1] == '#' ? Numeric(raw, ref text, ref broken) : Named(raw, ref text);
    }

    private static int Numeric(ReadOnlySpan<char> raw, ref Output text, ref bool broken)
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
            text.Append("&");
            return 1;
        }

        // What HTML calls C1 is windows-1252, by decree of the browsers.
        if (code is >= 0x80 and <= 0x9F)
        {
            text.Append(Windows1252.Decode([(byte)code]));
        }
        else if (code != 0 && Rune.TryCreate((int)code, out var rune))
        {
            Span<char> units = stackalloc char[2];
            text.Append(units[..rune.EncodeToUtf16(units)]);
        }
        else
        {
            broken = true;
            text.Append("\uFFFD");
        }

        return end < raw.Length && raw[end] == ';' ? end + 1 : end;
    }

    private static int Digit(char c) => int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int Named(ReadOnlySpan<char> raw, ref Output text)
    {
        var name = raw[1..Math.Min(raw.Length, NameMax)];
        var end = name.IndexOf(';');
        if (end > 0 && !name[..end].ContainsAnyExcept(AsciiLettersAndDigits))
        {
            var reference = raw[..(end + 2)].ToString();
            text.Append(reference == "&apos;" ? "'" : WebUtility.HtmlDecode(reference));
            return reference.Length;
        }

        foreach (var known in WithoutSemicolon)
        {
            if (name.StartsWith(known)
                && (name.Length == known.Length || !char.IsAsciiLetterOrDigit(name[known.Length])))
            {
                text.Append(WebUtility.HtmlDecode($"&{known};"));
                return known.Length + 1;
            }
        }

        text.Append("&");
        return 1;
    }

    /// <summary>A growing text in a buffer that is large enough.</summary>
    private ref struct Output(Span<char> buffer)
    {
        private readonly Span<char> buffer = buffer;
        private int length;

        public void Append(scoped ReadOnlySpan<char> text)
        {
            text.CopyTo(buffer[length..]);
            length += text.Length;
        }

        public override readonly string ToString() => buffer[..length].ToString();
    }
}
