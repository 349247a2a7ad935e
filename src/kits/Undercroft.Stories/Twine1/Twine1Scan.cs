namespace Undercroft.Stories;

/// <summary>Finds the passages of a Twine 1 page. Every character is looked at a fixed number of times.</summary>
internal static class Twine1Scan
{
    private const string Div = "<div";
    private const string End = "</div";

    /// <summary>The elements with passages from the store area on, up to its end.</summary>
    /// <param name="text">The page.</param>
    /// <param name="from">Where the area begins.</param>
    /// <param name="isClosed">Whether the area's end is there.</param>
    public static List<HtmlElement> Find(string text, int from, out bool isClosed)
    {
        isClosed = false;
        var elements = new List<HtmlElement>();
        var tag = HtmlTag.Parse(text.AsSpan(from));
        var at = tag["tiddler"] is null ? text.IndexOf('<', from + tag.End) : from;
        while (at >= 0 && at < text.Length)
        {
            var rest = text.AsSpan(at);
            if (HtmlTag.IsAt(rest, End))
            {
                isClosed = true;
                break;
            }

            at = text.IndexOf('<', HtmlTag.IsAt(rest, Div) ? Take(text, at, elements) : Skip(text, at));
        }

        return elements;
    }

    private static int Take(string text, int at, List<HtmlElement> elements)
    {
        var tag = HtmlTag.Parse(text.AsSpan(at));
        if (tag["tiddler"] is null)
        {
            return at + tag.End;
        }

        var start = at + tag.End;
        var end = text.IndexOf(End, start, StringComparison.OrdinalIgnoreCase);
        end = end < 0 ? text.Length : end;
        var close = end == text.Length ? -1 : text.IndexOf('>', end);
        var after = end == text.Length ? end : close < 0 ? text.Length : close + 1;
        elements.Add(new HtmlElement("div", tag, at, start, end, after, HasMarkup: false));
        return after;
    }

    private static int Skip(string text, int at)
    {
        if (!text.AsSpan(at).StartsWith("<!--"))
        {
            return at + 1;
        }

        var end = text.IndexOf("-->", at, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + 3;
    }
}
