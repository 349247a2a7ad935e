using System.Buffers;
using System.Globalization;
using System.Text;

namespace Undercroft.Stories;

/// <summary>Texts and numbers as JSON writes them. Halves of surrogate pairs are read and written as escapes.</summary>
internal static class JsonStrings
{
    public static readonly SearchValues<char> NotPlain =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code), '"', '\\']);

    public static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> NeedsCare = SearchValues.Create(
    [
        .. Enumerable.Range(0, 32).Select(code => (char)code), '"', '\\',
        .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code),
    ]);

    /// <summary>Reads a text in quotes that is known to be well-formed.</summary>
    public static string Decode(ReadOnlySpan<char> quoted)
    {
        var raw = quoted[1..^1];
        var at = raw.IndexOf('\\');
        if (at < 0)
        {
            return raw.ToString();
        }

        var text = new StringBuilder(raw.Length);
        while (at >= 0)
        {
            _ = text.Append(raw[..at]);
            var code = raw[at + 1];
            if (code == 'u')
            {
                _ = text.Append((char)ushort.Parse(
                    raw.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                raw = raw[(at + 6)..];
            }
            else
            {
                _ = text.Append(code switch
                {
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    _ => code,
                });
                raw = raw[(at + 2)..];
            }

            at = raw.IndexOf('\\');
        }

        return text.Append(raw).ToString();
    }

    /// <summary>Appends a text in quotes. Everything that may stands as itself.</summary>
    public static void Append(StringBuilder output, ReadOnlySpan<char> text)
    {
        _ = output.Append('"');
        for (var at = text.IndexOfAny(NeedsCare); at >= 0; at = text.IndexOfAny(NeedsCare))
        {
            _ = output.Append(text[..at]);
            text = text[at..];
            if (text.Length > 1 && char.IsSurrogatePair(text[0], text[1]))
            {
                _ = output.Append(text[..2]);
                text = text[2..];
                continue;
            }

            _ = text[0] switch
            {
                '"' => output.Append("\\\""),
                '\\' => output.Append("\\\\"),
                '\b' => output.Append("\\b"),
                '\f' => output.Append("\\f"),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                _ => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[0]:x4}"),
            };
            text = text[1..];
        }

        _ = output.Append(text).Append('"');
    }

    /// <summary>A text in quotes.</summary>
    public static string Quote(string text)
    {
        var output = new StringBuilder(text.Length + 2);
        Append(output, text);
        return output.ToString();
    }

    /// <summary>How much of a text is a JSON number; 0 where it begins with none.</summary>
    public static int NumberLength(ReadOnlySpan<char> text)
    {
        var at = text.StartsWith('-') ? 1 : 0;
        var digits = Digits(text[at..]);
        if (digits == 0)
        {
            return 0;
        }

        // Nothing follows a leading zero but a point or an exponent.
        at += text[at] == '0' ? 1 : digits;
        if (at < text.Length && text[at] == '.' && Digits(text[(at + 1)..]) is var fraction and > 0)
        {
            at += 1 + fraction;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var sign = at + 1 < text.Length && text[at + 1] is '+' or '-' ? 1 : 0;
            var exponent = Digits(text[(at + 1 + sign)..]);
            at += exponent > 0 ? 1 + sign + exponent : 0;
        }

        return at;
    }

    /// <summary>Whether a text is one JSON number and nothing else.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && NumberLength(text) == text.Length;

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
