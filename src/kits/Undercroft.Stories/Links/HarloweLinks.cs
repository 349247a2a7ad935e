using System.Buffers;

namespace Undercroft.Stories;

/// <summary>Harlowe: brackets, and macros such as <c>(link-goto:)</c>. Macro names ignore case, hyphens and
/// underscores.</summary>
internal static class HarloweLinks
{
    private const int NameMax = 40;
    private static readonly SearchValues<char> Marks = SearchValues.Create("[(`<");

    public static void Find(LinkSink sink)
    {
        var comments = true;
        for (var at = Next(sink.Text, 0); at >= 0; at = Next(sink.Text, at))
        {
            var rest = sink.Text.AsSpan(at);
            at = rest[0] switch
            {
                '[' when rest.StartsWith("[[") => BracketLinks.Take(sink, at, StoryLinkKind.Link),
                '(' => TakeMacro(sink, at),
                '`' => SkipVerbatim(rest, at),
                '<' when comments && rest.StartsWith("<!--") => SkipComment(rest, at, ref comments),
                _ => at + 1,
            };
        }
    }

    private static int Next(string text, int from)
    {
        var at = text.AsSpan(from).IndexOfAny(Marks);
        return at < 0 ? -1 : from + at;
    }

    private static int TakeMacro(LinkSink sink, int at)
    {
        var text = sink.Text.AsSpan();
        var colon = text.Slice(at + 1, Math.Min(NameMax, text.Length - at - 1)).IndexOf(':');
        if (colon <= 0 || Target(text.Slice(at + 1, colon)) is not { } target)
        {
            return at + 1;
        }

        var start = at + colon + 2;
        if (target.Kind == StoryLinkKind.Back)
        {
            sink.AddBack(at);
            return start;
        }

        var pieces = new List<Range>();
        var end = Literals.Split(text, start, ')', pieces);
        if (end < 0)
        {
            return start;
        }

        var index = Math.Min(target.Argument, pieces.Count - 1);
        var hasLabel = index > 0 && Literals.TryReadWhole(text[pieces[0]].Trim(), out _);
        var label = hasLabel ? Literals.All(text[pieces[0]])[0] : "";
        sink.AddExpression(target.Kind, text[pieces[index]], label, at);
        return end + 1;
    }

    private static (StoryLinkKind Kind, int Argument)? Target(ReadOnlySpan<char> name)
    {
        Span<char> plain = stackalloc char[NameMax];
        var length = 0;
        foreach (var c in name)
        {
            if (char.IsAsciiLetter(c))
            {
                plain[length++] = char.ToLowerInvariant(c);
            }
            else if (c is not ('-' or '_'))
            {
                return null;
            }
        }

        return plain[..length] switch
        {
            "linkgoto" or "linkrevealgoto" => (StoryLinkKind.Link, 1),
            "clickgoto" or "mouseovergoto" or "mouseoutgoto" => (StoryLinkKind.Link, 1),
            "goto" or "redirect" => (StoryLinkKind.Jump, 0),
            "display" => (StoryLinkKind.Include, 0),
            "linkundo" or "undo" or "restart" or "reload" => (StoryLinkKind.Back, 0),
            _ => null,
        };
    }

    private static int SkipVerbatim(ReadOnlySpan<char> rest, int at)
    {
        var ticks = rest.IndexOfAnyExcept('`');
        if (ticks < 0)
        {
            return at + rest.Length;
        }

        var near = rest[ticks..Math.Min(rest.Length, ticks + LinkSink.ArgumentsMax)];
        var close = near.IndexOf(rest[..ticks]);
        return close < 0 ? at + ticks : at + ticks + close + ticks;
    }

    private static int SkipComment(ReadOnlySpan<char> rest, int at, ref bool comments)
    {
        var end = rest.IndexOf("-->", StringComparison.Ordinal);
        comments = end >= 0;
        return end < 0 ? at + 4 : at + end + 3;
    }
}
