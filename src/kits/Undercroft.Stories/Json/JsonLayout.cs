using System.Text;

namespace Undercroft.Stories;

/// <summary>Lays JSON out anew; texts and numbers stay as they are written.</summary>
internal static class JsonLayout
{
    /// <summary>The same JSON without space between its tokens.</summary>
    public static string Compact(ReadOnlySpan<char> json)
    {
        if (!json.ContainsAny(" \t\r\n"))
        {
            return json.ToString();
        }

        var output = new StringBuilder(json.Length);
        Walk(json, output, indent: -1);
        return output.ToString();
    }

    /// <summary>Appends JSON with two spaces a level, as if it stood at the given level.</summary>
    public static void AppendIndented(StringBuilder output, ReadOnlySpan<char> json, int level) =>
        Walk(json, output, level);

    private static void Walk(ReadOnlySpan<char> json, StringBuilder output, int indent)
    {
        var level = indent;
        for (var at = 0; at < json.Length; at++)
        {
            var c = json[at];
            switch (c)
            {
                case ' ' or '\t' or '\r' or '\n':
                    break;
                case '"':
                    var end = StringEnd(json, at);
                    _ = output.Append(json[at..end]);
                    at = end - 1;
                    break;
                case '{' or '[':
                    _ = output.Append(c);
                    var next = at + 1 + IndexOfToken(json[(at + 1)..]);
                    if (next < json.Length && json[next] is '}' or ']')
                    {
                        _ = output.Append(json[next]);
                        at = next;
                        break;
                    }

                    level++;
                    NewLine(output, indent, level);
                    break;
                case '}' or ']':
                    level--;
                    NewLine(output, indent, level);
                    _ = output.Append(c);
                    break;
                case ',':
                    _ = output.Append(c);
                    NewLine(output, indent, level);
                    break;
                case ':':
                    _ = output.Append(indent < 0 ? ":" : ": ");
                    break;
                default:
                    _ = output.Append(c);
                    break;
            }
        }
    }

    private static void NewLine(StringBuilder output, int indent, int level)
    {
        if (indent >= 0)
        {
            _ = output.Append('\n').Append(' ', 2 * level);
        }
    }

    private static int IndexOfToken(ReadOnlySpan<char> json)
    {
        var at = json.IndexOfAnyExcept(" \t\r\n");
        return at < 0 ? json.Length : at;
    }

    private static int StringEnd(ReadOnlySpan<char> json, int at)
    {
        at++;
        while (json[at] != '"')
        {
            at += json[at] == '\\' ? 2 : 1;
        }

        return at + 1;
    }
}
