namespace Undercroft.Stories;

/// <summary>One SugarCube macro: its name, and its arguments as far as they can be passages.</summary>
internal static class SugarCubeMacro
{
    private const int NameMax = 40;

    private static readonly string[] Code =
    [
        "set", "run", "if", "elseif", "print", "=", "-", "for", "switch", "case", "unset", "capture", "remember",
        "forget",
    ];

    /// <summary>Takes the macro that begins at <c>&lt;&lt;</c>, and returns where to go on.</summary>
    public static int Take(LinkSink sink, int at)
    {
        var text = sink.Text.AsSpan();
        var start = at + 2;
        var nameEnd = start;
        while (nameEnd < text.Length && nameEnd - start <= NameMax &&
            !char.IsWhiteSpace(text[nameEnd]) && text[nameEnd] != '>')
        {
            nameEnd++;
        }

        if (nameEnd - start > NameMax)
        {
            return start;
        }

        var arguments = new List<Range>();
        var end = Arguments(text, nameEnd, arguments);
        if (end < 0)
        {
            return start;
        }

        var name = text[start..nameEnd].ToString();
        if (name.Length > 0 && name[0] != '/' && Array.IndexOf(Code, name) < 0)
        {
            TakeTargets(sink, name, arguments, at);
        }

        return end;
    }

    private static void TakeTargets(LinkSink sink, string name, List<Range> arguments, int at)
    {
        switch (name)
        {
            case "link" or "button" or "click":
                TakeLabelled(sink, arguments, at);
                break;
            case "back" or "return":
                sink.AddBack(at);
                break;
            case "goto":
                TakeFirst(sink, StoryLinkKind.Jump, arguments, at);
                break;
            case "include" or "display":
                TakeFirst(sink, StoryLinkKind.Include, arguments, at);
                break;
            case "choice":
                TakeFirst(sink, StoryLinkKind.Link, arguments, at);
                break;
            case "actions":
                foreach (var argument in arguments)
                {
                    TakeTarget(sink, StoryLinkKind.Link, argument, [], at);
                }

                break;
            default:
                foreach (var argument in arguments.Where(argument => IsBracket(sink.Text.AsSpan()[argument])))
                {
                    TakeTarget(sink, StoryLinkKind.Link, argument, [], at);
                }

                break;
        }
    }

    // <<link "text" "target">>, or <<link [[text|target]]>>; with a text alone it leads nowhere.
    private static void TakeLabelled(LinkSink sink, List<Range> arguments, int at)
    {
        if (arguments.Count == 0)
        {
            return;
        }

        var first = sink.Text.AsSpan()[arguments[0]];
        if (first.StartsWith('['))
        {
            TakeTarget(sink, StoryLinkKind.Link, arguments[0], [], at);
        }
        else if (arguments.Count > 1)
        {
            _ = Literals.TryReadWhole(first, out var label);
            TakeTarget(sink, StoryLinkKind.Link, arguments[1], label, at);
        }
    }

    private static void TakeFirst(LinkSink sink, StoryLinkKind kind, List<Range> arguments, int at)
    {
        if (arguments.Count > 0)
        {
            TakeTarget(sink, kind, arguments[0], [], at);
        }
    }

    private static void TakeTarget(LinkSink sink, StoryLinkKind kind, Range argument, ReadOnlySpan<char> label, int at)
    {
        var text = sink.Text.AsSpan()[argument];
        if (IsBracket(text))
        {
            BracketLinks.Split(text[2..^2], out var target, out var shown);
            sink.AddName(kind, target, shown, at);
        }
        else if (text.StartsWith('['))
        {
            _ = SugarCubeLinks.TakeImage(sink, argument.Start.Value);
        }
        else
        {
            sink.AddName(kind, text, label, at);
        }
    }

    private static bool IsBracket(ReadOnlySpan<char> argument) => argument.StartsWith("[[") && argument.EndsWith("]]");

    // Splits at spaces; quoted texts, code in backticks and links in brackets are one argument each.
    private static int Arguments(ReadOnlySpan<char> text, int at, List<Range> arguments)
    {
        var stop = Math.Min(text.Length, at + LinkSink.ArgumentsMax);
        var unended = 0;
        while (at < stop)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            if (text[at] == '>' && at + 1 < stop && text[at + 1] == '>')
            {
                return at + 2;
            }

            var end = ArgumentEnd(text[..stop], at, ref unended);
            arguments.Add(at..end);
            at = end;
        }

        return -1;
    }

    private static int ArgumentEnd(ReadOnlySpan<char> text, int at, ref int unended)
    {
        if (text[at] is '"' or '\'' or '`' && Literals.End(text, at, ref unended) is var quoted and >= 0)
        {
            return quoted;
        }

        if (text[at] == '[' && text[at..].IndexOf("]]", StringComparison.Ordinal) is var bracket and >= 0)
        {
            return at + bracket + 2;
        }

        var end = at + 1;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !text[end..].StartsWith(">>"))
        {
            // A literal within code, such as $a["x>>y"], hides what would end the macro.
            end = text[end] is '"' or '\'' && Literals.End(text, end, ref unended) is var literal and >= 0
                ? literal
                : end + 1;
        }

        return end;
    }
}
