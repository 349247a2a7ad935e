using System.Buffers;

namespace Undercroft.Stories;

/// <summary>Finds stories and their elements in a page. Every character is looked at a fixed number of times.</summary>
internal sealed class HtmlScanner(string text)
{
    public const string Story = "tw-storydata";
    public const string Passage = "tw-passagedata";
    public const string Color = "tw-tag";
    public const string Script = "script";
    public const string Style = "style";

    private const string Comment = "!--";

    private static readonly SearchValues<string> Landmarks = SearchValues.Create(
        ["<" + Story, "<" + Script, "<" + Style, "<" + Comment], StringComparison.OrdinalIgnoreCase);

    // End marks that are known not to come any more: without this a hostile file makes every search run to its end.
    private readonly HashSet<string> missing = new(StringComparer.Ordinal);

    /// <summary>The next story that a browser would see; −1 where there is none.</summary>
    public int NextStory(int from)
    {
        while (from < text.Length)
        {
            var at = text.AsSpan(from).IndexOfAny(Landmarks);
            if (at < 0)
            {
                return -1;
            }

            at += from;
            var rest = text.AsSpan(at);
            if (HtmlTag.IsAt(rest, "<" + Story))
            {
                return at;
            }

            from = HtmlTag.IsAt(rest, "<" + Script) ? SkipRaw(at, Script)
                : HtmlTag.IsAt(rest, "<" + Style) ? SkipRaw(at, Style)
                : rest.StartsWith("<" + Comment) ? SkipComment(at)
                : at + 1;
        }

        return -1;
    }

    /// <summary>The first story anywhere, inside scripts and comments too; −1 where there is none.</summary>
    public int AnyStory()
    {
        for (var at = text.IndexOf("<" + Story, StringComparison.OrdinalIgnoreCase); at >= 0;)
        {
            if (HtmlTag.IsAt(text.AsSpan(at), "<" + Story))
            {
                return at;
            }

            at = text.IndexOf("<" + Story, at + 1, StringComparison.OrdinalIgnoreCase);
        }

        return -1;
    }

    /// <summary>Collects the elements from a position up to the story's end tag, and returns where that
    /// begins.</summary>
    public int Elements(int from, List<HtmlElement> elements)
    {
        var at = Next(from);
        while (at < text.Length)
        {
            var rest = text.AsSpan(at);
            if (HtmlTag.IsAt(rest, "</" + Story) || HtmlTag.IsAt(rest, "<" + Story))
            {
                return at;
            }

            at = Next(Step(at, rest, elements));
        }

        return text.Length;
    }

    /// <summary>Where the end tag that begins at a position ends.</summary>
    public int TagEnd(int at)
    {
        var close = text.IndexOf('>', at);
        return close < 0 ? text.Length : close + 1;
    }

    private int Step(int at, ReadOnlySpan<char> rest, List<HtmlElement> elements)
    {
        if (rest.StartsWith("<" + Comment))
        {
            return SkipComment(at);
        }

        var element =
            HtmlTag.IsAt(rest, "<" + Passage) ? ReadPassage(at)
            : HtmlTag.IsAt(rest, "<" + Script) ? ReadRaw(at, Script)
            : HtmlTag.IsAt(rest, "<" + Style) ? ReadRaw(at, Style)
            : HtmlTag.IsAt(rest, "<" + Color) ? ReadColor(at)
            : default;
        if (element.Name is null)
        {
            return at + 1;
        }

        elements.Add(element);
        return element.End;
    }

    private HtmlElement ReadPassage(int at)
    {
        var tag = HtmlTag.Parse(text.AsSpan(at));
        var start = at + tag.End;
        var markup = false;
        for (var end = Next(start); ; end = Next(end + 1))
        {
            var rest = text.AsSpan(end);
            if (rest.IsEmpty || HtmlTag.IsAt(rest, "<" + Passage) || HtmlTag.IsAt(rest, "</" + Story)
                || HtmlTag.IsAt(rest, "<" + Story))
            {
                return new HtmlElement(Passage, tag, at, start, end, end, markup);
            }

            if (HtmlTag.IsAt(rest, "</" + Passage))
            {
                return new HtmlElement(Passage, tag, at, start, end, TagEnd(end), markup);
            }

            markup = true;
        }
    }

    private HtmlElement ReadRaw(int at, string name)
    {
        var tag = HtmlTag.Parse(text.AsSpan(at));
        var start = at + tag.End;
        var end = FindEnd(start, name);
        if (end >= 0)
        {
            return new HtmlElement(name, tag, at, start, end, TagEnd(end), HasMarkup: false);
        }

        end = FindEnd(start, Story);
        end = end < 0 ? text.Length : end;
        return new HtmlElement(name, tag, at, start, end, end, HasMarkup: false);
    }

    private HtmlElement ReadColor(int at)
    {
        var tag = HtmlTag.Parse(text.AsSpan(at));
        var start = at + tag.End;
        var close = start;
        while (close < text.Length && char.IsWhiteSpace(text[close]))
        {
            close++;
        }

        var closed = HtmlTag.IsAt(text.AsSpan(close), "</" + Color);
        return new HtmlElement(
            Color, tag, at, start, closed ? close : start, closed ? TagEnd(close) : start, HasMarkup: false);
    }

    private int SkipRaw(int at, string name)
    {
        var end = FindEnd(at + 1, name);
        return end < 0 ? at + 1 : TagEnd(end);
    }

    private int SkipComment(int at)
    {
        var end = missing.Contains(Comment) ? -1 : text.IndexOf("-->", at + 4, StringComparison.Ordinal);
        if (end >= 0)
        {
            return end + 3;
        }

        _ = missing.Add(Comment);
        return at + 1;
    }

    private int FindEnd(int from, string name)
    {
        if (missing.Contains(name))
        {
            return -1;
        }

        for (var at = from; at <= text.Length;)
        {
            var found = text.AsSpan(at).IndexOf("</" + name, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
            {
                break;
            }

            at += found;
            if (HtmlTag.IsAt(text.AsSpan(at), "</" + name))
            {
                return at;
            }

            at++;
        }

        _ = missing.Add(name);
        return -1;
    }

    private int Next(int from)
    {
        var at = from < text.Length ? text.IndexOf('<', from) : -1;
        return at < 0 ? text.Length : at;
    }
}
