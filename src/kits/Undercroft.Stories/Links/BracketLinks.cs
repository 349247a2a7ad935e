namespace Undercroft.Stories;

/// <summary>Links in double square brackets, which all dialects share.</summary>
internal static class BracketLinks
{
    /// <summary>Finds them in text that has no other markup of interest.</summary>
    public static void FindAll(LinkSink sink)
    {
        for (var at = sink.Text.IndexOf("[[", StringComparison.Ordinal); at >= 0;)
        {
            var end = Take(sink, at, StoryLinkKind.Link);
            at = end >= sink.Text.Length ? -1 : sink.Text.IndexOf("[[", end, StringComparison.Ordinal);
        }
    }

    /// <summary>Takes the link that begins at <c>[[</c>, and returns where to go on.</summary>
    public static int Take(LinkSink sink, int at, StoryLinkKind kind)
    {
        var text = sink.Text.AsSpan();

        // Of three brackets the first opens a hook around the link.
        while (at + 2 < text.Length && text[at + 2] == '[')
        {
            at++;
        }

        var rest = text[(at + 2)..];
        var end = End(rest, out var isClosed);
        if (!isClosed)
        {
            return at + 2 + end;
        }

        Split(rest[..end], out var target, out var label);
        if (!target.IsEmpty || !label.IsEmpty)
        {
            sink.AddName(kind, target, label, at);
        }

        return at + 2 + end + 2;
    }

    /// <summary>Splits what stands between the brackets.</summary>
    public static void Split(ReadOnlySpan<char> content, out ReadOnlySpan<char> target, out ReadOnlySpan<char> label)
    {
        var setter = content.IndexOf("][", StringComparison.Ordinal);
        content = setter < 0 ? content : content[..setter];
        var arrow = content.LastIndexOf("->", StringComparison.Ordinal);
        var back = arrow < 0 ? content.IndexOf("<-", StringComparison.Ordinal) : -1;
        var bar = content.LastIndexOf('|');
        target = arrow >= 0 ? content[(arrow + 2)..] : back >= 0 ? content[..back] : content[(bar + 1)..];
        label = arrow >= 0 ? content[..arrow] : back >= 0 ? content[(back + 2)..] : bar >= 0 ? content[..bar] : content;
    }

    // A link ends on its line; a line without its end has no link.
    private static int End(ReadOnlySpan<char> rest, out bool isClosed)
    {
        for (var at = 0; at < rest.Length;)
        {
            var found = rest[at..].IndexOfAny("]\r\n");
            if (found < 0)
            {
                break;
            }

            at += found;
            isClosed = rest[at..].StartsWith("]]");
            if (isClosed || rest[at] != ']')
            {
                return at;
            }

            at++;
        }

        isClosed = false;
        return rest.Length;
    }
}
