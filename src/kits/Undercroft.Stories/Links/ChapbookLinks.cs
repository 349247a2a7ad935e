using System.Buffers;

namespace Undercroft.Stories;

/// <summary>Chapbook: brackets and <c>{inserts}</c>, outside of the variables section, code and notes.</summary>
internal static class ChapbookLinks
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("[{");

    public static void Find(LinkSink sink)
    {
        var text = sink.Text;
        for (var at = TextStart(text); at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Marks);
            if (found < 0)
            {
                return;
            }

            at += found;
            var rest = text.AsSpan(at);
            at = rest.StartsWith("[[") ? BracketLinks.Take(sink, at, StoryLinkKind.Link)
                : rest[0] == '{' ? TakeInsert(sink, at)
                : IsLineStart(text, at) ? SkipModifier(text, at)
                : at + 1;
        }
    }

    // Variables stand above a line of two hyphens or more.
    private static int TextStart(string text)
    {
        for (var at = text.IndexOf("--", StringComparison.Ordinal); at >= 0;)
        {
            if (IsLineStart(text, at))
            {
                var line = Line(text, at);
                if (line.TrimEnd().TrimEnd('-').IsEmpty)
                {
                    return at + line.Length;
                }
            }

            at = text.IndexOf("--", at + 1, StringComparison.Ordinal);
        }

        return 0;
    }

    private static int TakeInsert(LinkSink sink, int at)
    {
        var pieces = new List<Range>();
        var end = Literals.Split(sink.Text, at + 1, '}', pieces);
        if (end < 0)
        {
            return at + 1;
        }

        var first = sink.Text.AsSpan()[pieces[0]];
        var colon = first.IndexOf(':');
        var name = string.Join(' ', HtmlRest.Words((colon < 0 ? first : first[..colon]).ToString())).ToUpperInvariant();
        var argument = colon < 0 ? [] : first[(colon + 1)..];
        switch (name)
        {
            case "LINK TO":
                sink.AddExpression(StoryLinkKind.Link, argument, Named(sink.Text, pieces, "label"), at);
                break;
            case "EMBED PASSAGE" or "EMBED PASSAGE NAMED":
                sink.AddExpression(StoryLinkKind.Include, argument, [], at);
                break;
            case "REVEAL LINK":
                sink.AddExpression(StoryLinkKind.Include, Named(sink.Text, pieces, "passage"), [], at);
                break;
            case "BACK LINK" or "RESTART LINK":
                sink.AddBack(at);
                break;
            default:
                return at + 1;
        }

        return end + 1;
    }

    private static ReadOnlySpan<char> Named(string text, List<Range> pieces, string property)
    {
        foreach (var piece in pieces.Skip(1))
        {
            var part = text.AsSpan()[piece].Trim();
            var colon = part.IndexOf(':');
            if (colon > 0 && part[..colon].Trim().Equals(property, StringComparison.OrdinalIgnoreCase))
            {
                return part[(colon + 1)..];
            }
        }

        return [];
    }

    // Code and notes last up to the next line that is a modifier.
    private static int SkipModifier(string text, int at)
    {
        var line = Line(text, at);
        var name = line.Trim();
        if (name.Length < 2 || name[^1] != ']' || !IsSilent(name[1..^1]))
        {
            return at + 1;
        }

        for (at += line.Length; at < text.Length; at += Line(text, at).Length)
        {
            var next = Line(text, at).Trim();
            if (next.Length > 2 && next[0] == '[' && next[1] != '[' && next[^1] == ']' && next[^2] != ']')
            {
                return at;
            }
        }

        return at;
    }

    private static bool IsSilent(ReadOnlySpan<char> modifier)
    {
        var name = modifier.Trim();
        return name.Equals("javascript", StringComparison.OrdinalIgnoreCase)
            || name.Equals("css", StringComparison.OrdinalIgnoreCase)
            || name.Equals("n.b.", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("note", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("todo", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("fixme", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLineStart(string text, int at) => at == 0 || text[at - 1] is '\n' or '\r';

    private static ReadOnlySpan<char> Line(string text, int at)
    {
        var rest = text.AsSpan(at);
        var end = rest.IndexOfAny('\r', '\n');
        return end < 0 ? rest : rest[..(end + 1)];
    }
}
