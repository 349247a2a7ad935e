namespace Undercroft.Stories;

/// <summary>Checks that a text is one JSON value, without recursion: depth costs a bit a level.</summary>
internal ref struct JsonGrammar
{
    /// <summary>How deep values may nest. Every carrier of a value adds a level or two, and readers of JSON stop at 64.
    /// </summary>
    public const int DepthMax = 60;

    private readonly ReadOnlySpan<char> text;
    private ulong objects;
    private int depth;
    private int at;

    private JsonGrammar(ReadOnlySpan<char> text) => this.text = text;

    /// <summary>The first place that is not JSON, and what was expected there; −1 where all is well.</summary>
    public static int FindFault(ReadOnlySpan<char> text, out string expected)
    {
        var grammar = new JsonGrammar(text);
        expected = grammar.Run() ?? "";
        return expected.Length == 0 ? -1 : Math.Min(grammar.at, text.Length);
    }

    private string? Run()
    {
        while (true)
        {
            var fault = TakeValue(out var opened);
            if (fault is not null)
            {
                return fault;
            }

            while (!opened)
            {
                SkipSpace();
                if (depth == 0)
                {
                    return at == text.Length ? null : "the end of the file";
                }

                if (TryClose())
                {
                    continue;
                }

                if (Peek() != ',')
                {
                    return IsObject ? "',' or '}'" : "',' or ']'";
                }

                at++;
                if (IsObject && TakeKey() is { } bad)
                {
                    return bad;
                }

                break;
            }
        }
    }

    private readonly bool IsObject => (objects & (1UL << depth)) != 0;

    private readonly char Peek() => at < text.Length ? text[at] : '\0';

    // A container that is not empty leaves the reader before its first value.
    private string? TakeValue(out bool opened)
    {
        opened = false;
        SkipSpace();
        switch (Peek())
        {
            case '{' or '[':
                return Open(out opened);
            case '"':
                return TakeString();
            case 't':
                return TakeWord("true");
            case 'f':
                return TakeWord("false");
            case 'n':
                return TakeWord("null");
            default:
                return TakeNumber();
        }
    }

    private string? Open(out bool opened)
    {
        opened = false;
        if (depth == DepthMax)
        {
            return "fewer than 60 levels of nesting";
        }

        depth++;
        objects = text[at] == '{' ? objects | (1UL << depth) : objects & ~(1UL << depth);
        at++;
        SkipSpace();
        if (TryClose())
        {
            return null;
        }

        opened = true;
        return IsObject ? TakeKey() : null;
    }

    private bool TryClose()
    {
        if (Peek() != (IsObject ? '}' : ']') || at >= text.Length)
        {
            return false;
        }

        at++;
        depth--;
        return true;
    }

    private string? TakeKey()
    {
        SkipSpace();
        if (Peek() != '"')
        {
            return "a key in double quotes";
        }

        if (TakeString() is { } fault)
        {
            return fault;
        }

        SkipSpace();
        if (Peek() != ':')
        {
            return "':'";
        }

        at++;
        return null;
    }

    private string? TakeString()
    {
        at++;
        while (at < text.Length)
        {
            var found = text[at..].IndexOfAny(JsonStrings.NotPlain);
            if (found < 0)
            {
                break;
            }

            at += found;
            if (text[at] == '"')
            {
                at++;
                return null;
            }

            if (text[at] != '\\')
            {
                return "no line break or control character inside a text";
            }

            if (!TakeEscape())
            {
                return "an escape such as \\n or \\u0041";
            }
        }

        at = text.Length;
        return "'\"' at the end of the text";
    }

    private bool TakeEscape()
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        if (text[at + 1] == 'u')
        {
            if (at + 6 > text.Length || text.Slice(at + 2, 4).ContainsAnyExcept(JsonStrings.HexDigits))
            {
                return false;
            }

            at += 6;
            return true;
        }

        if (!"\"\\/bfnrt".Contains(text[at + 1], StringComparison.Ordinal))
        {
            return false;
        }

        at += 2;
        return true;
    }

    private string? TakeWord(string word)
    {
        if (!text[at..].StartsWith(word))
        {
            return "a value";
        }

        at += word.Length;
        return null;
    }

    private string? TakeNumber()
    {
        var length = JsonStrings.NumberLength(text[at..]);
        at += length;
        return length == 0 ? "a value" : null;
    }

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }
    }
}
