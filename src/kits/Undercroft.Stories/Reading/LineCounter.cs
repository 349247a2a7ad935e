namespace Undercroft.Stories;

/// <summary>Tells line numbers of growing positions in a text. A line ends at LF, CRLF or a lone CR.</summary>
internal sealed class LineCounter(string text)
{
    private readonly bool loneReturns = HasLoneReturn(text);
    private int position;
    private int line = 1;

    /// <summary>The line of a position that is not before the last one asked for.</summary>
    public int At(int target)
    {
        var span = text.AsSpan(position, target - position);
        line += span.Count('\n');
        if (loneReturns)
        {
            for (var at = span.IndexOf('\r'); at >= 0; at = span.IndexOf('\r'))
            {
                position += at + 1;
                span = span[(at + 1)..];
                line += position < text.Length && text[position] == '\n' ? 0 : 1;
            }
        }

        position = target;
        return line;
    }

    private static bool HasLoneReturn(ReadOnlySpan<char> rest)
    {
        for (var at = rest.IndexOf('\r'); at >= 0; at = rest.IndexOf('\r'))
        {
            rest = rest[(at + 1)..];
            if (rest.IsEmpty || rest[0] != '\n')
            {
                return true;
            }
        }

        return false;
    }
}
