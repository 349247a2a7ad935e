using System.Buffers;
using System.Text;

namespace Undercroft.Stories;

/// <summary>The body of a Twee passage: where it ends, and how its lines that begin with <c>::</c> are
/// written.</summary>
/// <remarks>
/// A line of one or more backslashes followed by <c>::</c> loses one on reading; a line of none or more followed by
/// <c>::</c> gains one on writing. So any text survives, and any file comes back as it was.
/// </remarks>
internal static class TweeBody
{
    private static readonly SearchValues<char> Blank = SearchValues.Create(" \t\r\n\f\v");

    /// <summary>Where the last line that is not blank ends; what follows is not part of the text.</summary>
    public static int ContentEnd(ReadOnlySpan<char> raw)
    {
        var last = raw.LastIndexOfAnyExcept(Blank);
        if (last < 0)
        {
            return 0;
        }

        var lineEnd = raw[last..].IndexOfAny('\r', '\n');
        return lineEnd < 0 ? raw.Length : last + lineEnd;
    }

    /// <summary>Whether space stands around the text that other tools trim.</summary>
    public static bool HasOuterSpace(ReadOnlySpan<char> text) =>
        !text.IsEmpty && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]));

    /// <summary>Reads a body's text, and tells whether a line of it was escaped.</summary>
    public static string Decode(ReadOnlySpan<char> raw, out bool escaped)
    {
        var first = NextEscape(raw, 0, least: 1);
        escaped = first >= 0;
        if (!escaped)
        {
            return raw.ToString();
        }

        var text = new StringBuilder(raw.Length);
        var from = 0;
        for (var at = first; at >= 0; at = NextEscape(raw, from, least: 1))
        {
            _ = text.Append(raw[from..at]);
            from = at + 1;
        }

        return text.Append(raw[from..]).ToString();
    }

    /// <summary>Appends the text as Twee, and tells whether a line had to be escaped.</summary>
    public static bool Encode(ReadOnlySpan<char> text, StringBuilder output)
    {
        var from = 0;
        var escaped = false;
        for (var at = NextEscape(text, 0, least: 0); at >= 0; at = NextEscape(text, at + 1, least: 0))
        {
            _ = output.Append(text[from..at]).Append('\\');
            from = at;
            escaped = true;
        }

        _ = output.Append(text[from..]);
        return escaped;
    }

    /// <summary>Whether a line begins with a backslash and one colon, which Twine would unescape.</summary>
    public static bool HasBackslashColon(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf("\\:", StringComparison.Ordinal); at >= 0;)
        {
            if (IsLineStart(text, at))
            {
                return true;
            }

            var next = text[(at + 2)..].IndexOf("\\:", StringComparison.Ordinal);
            at = next < 0 ? -1 : at + 2 + next;
        }

        return false;
    }

    // The next line start from which at least so many backslashes lead to "::".
    private static int NextEscape(ReadOnlySpan<char> text, int from, int least)
    {
        while (true)
        {
            var colons = text[from..].IndexOf("::", StringComparison.Ordinal);
            if (colons < 0)
            {
                return -1;
            }

            colons += from;
            var start = colons;
            while (start > from && text[start - 1] == '\\')
            {
                start--;
            }

            if (colons - start >= least && IsLineStart(text, start))
            {
                return start;
            }

            from = colons + 1;
        }
    }

    private static bool IsLineStart(ReadOnlySpan<char> text, int at) => at == 0 || text[at - 1] is '\n' or '\r';
}
