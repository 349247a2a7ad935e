using System.Text;

namespace Undercroft.Stories;

/// <summary>Quoted texts in macros and code.</summary>
internal static class Literals
{
    /// <summary>Where the literal that begins here ends, its quote included; −1 where it does not end.</summary>
    public static int End(ReadOnlySpan<char> text, int at)
    {
        var quote = text[at];
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                return i + 1;
            }
        }

        return -1;
    }

    /// <summary>Where the literal that begins here ends, its quote included; −1 where it does not end. What did not end
    /// once is not looked for again: it will not end later.</summary>
    /// <param name="text">The text, the same one each time.</param>
    /// <param name="at">Where the quote is.</param>
    /// <param name="unended">Which quotes did not end; 0 to begin with.</param>
    public static int End(ReadOnlySpan<char> text, int at, ref int unended)
    {
        var quote = text[at] switch { '"' => 1, '\'' => 2, _ => 4 };
        var end = (unended & quote) == 0 ? End(text, at) : -1;
        unended |= end < 0 ? quote : 0;
        return end;
    }

    /// <summary>Reads an expression that is one literal and nothing else.</summary>
    public static bool TryReadWhole(ReadOnlySpan<char> expression, out string value)
    {
        value = "";
        if (expression.Length < 2 || expression[0] is not ('"' or '\'') || End(expression, 0) != expression.Length)
        {
            return false;
        }

        value = Unescape(expression[1..^1]);
        return true;
    }

    /// <summary>All literals in an expression.</summary>
    public static IReadOnlyList<string> All(ReadOnlySpan<char> expression)
    {
        var found = new List<string>();
        for (var i = 0; i < expression.Length;)
        {
            var end = expression[i] is '"' or '\'' ? End(expression, i) : -1;
            if (end < 0)
            {
                i++;
                continue;
            }

            found.Add(Unescape(expression[(i + 1)..(end - 1)]));
            i = end;
        }

        return found;
    }

    /// <summary>Splits at commas outside of quotes and brackets, up to the bracket that closes.</summary>
    /// <returns>Where the closing bracket is; −1 where it does not come soon enough.</returns>
    public static int Split(ReadOnlySpan<char> text, int from, char close, List<Range> pieces)
    {
        var depth = 0;
        var start = from;
        var unended = 0;
        var stop = Math.Min(text.Length, from + LinkSink.ArgumentsMax);
        for (var i = from; i < stop; i++)
        {
            var c = text[i];
            if (c is '"' or '\'')
            {
                // An apostrophe in plain text opens no literal.
                var end = End(text[..stop], i, ref unended);
                i = end < 0 ? i : end - 1;
            }
            else if (depth == 0 && c == close)
            {
                pieces.Add(start..i);
                return i;
            }
            else if (depth == 0 && c == ',')
            {
                pieces.Add(start..i);
                start = i + 1;
            }
            else if (c is '(' or '[' or '{')
            {
                depth++;
            }
            else if (c is ')' or ']' or '}')
            {
                depth--;
            }
        }

        return -1;
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            _ = plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
