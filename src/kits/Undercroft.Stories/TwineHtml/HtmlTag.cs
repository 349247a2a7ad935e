namespace Undercroft.Stories;

/// <summary>One start tag: its attributes decoded, in order.</summary>
internal sealed class HtmlTag
{
    private const int FewMax = 12;

    private readonly List<(string Name, string Value)> attributes = [];
    private HashSet<string>? many;

    /// <summary>Where the tag ends, after its <c>&gt;</c>; the text's end where it is cut off.</summary>
    public int End { get; private set; }

    /// <summary>Whether the tag has its <c>&gt;</c>.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The first attribute that a browser would ignore or that looks broken; null where all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether a character reference in it names no character.</summary>
    public bool IsBroken { get; private set; }

    public IReadOnlyList<(string Name, string Value)> Attributes => attributes;

    public string? this[string name]
    {
        get
        {
            foreach (var attribute in attributes)
            {
                if (attribute.Name == name)
                {
                    return attribute.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Tells whether an element of this name begins (or, with a slash, ends) here.</summary>
    public static bool IsAt(ReadOnlySpan<char> text, ReadOnlySpan<char> opening) =>
        text.Length >= opening.Length && text[..opening.Length].Equals(opening, StringComparison.OrdinalIgnoreCase)
        && (text.Length == opening.Length || text[opening.Length] is '>' or '/'
            || char.IsWhiteSpace(text[opening.Length]));

    /// <summary>Reads the tag that begins at a <c>&lt;</c>.</summary>
    public static HtmlTag Parse(ReadOnlySpan<char> text)
    {
        var tag = new HtmlTag();
        var at = 1;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('>' or '/'))
        {
            at++;
        }

        while (true)
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == '/'))
            {
                at++;
            }

            if (at >= text.Length || text[at] == '>')
            {
                tag.IsClosed = at < text.Length;
                tag.End = Math.Min(at + 1, text.Length);
                return tag;
            }

            at = tag.TakeAttribute(text, at);
        }
    }

    private int TakeAttribute(ReadOnlySpan<char> text, int at)
    {
        var start = at++;
        while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] is not ('=' or '>' or '/'))
        {
            at++;
        }

        var name = text[start..at];
        var next = at;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        var value = ReadOnlySpan<char>.Empty;
        if (next < text.Length && text[next] == '=')
        {
            at = TakeValue(text, next + 1, out value);
        }

        Add(name, value);
        return at;
    }

    private static int TakeValue(ReadOnlySpan<char> text, int at, out ReadOnlySpan<char> value)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        var rest = text[at..];
        if (rest.StartsWith('"') || rest.StartsWith('\''))
        {
            var close = rest[1..].IndexOf(rest[0]);
            value = close < 0 ? rest[1..] : rest.Slice(1, close);
            return close < 0 ? text.Length : at + close + 2;
        }

        var end = 0;
        while (end < rest.Length && !char.IsWhiteSpace(rest[end]) && rest[end] != '>')
        {
            end++;
        }

        value = rest[..end];
        return at + end;
    }

    private void Add(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        var key = Common(name);
        var repeated = IsKnown(key);
        if (repeated || name.ContainsAny("\"'<="))
        {
            Fault ??= key;
        }

        if (!repeated)
        {
            attributes.Add((key, HtmlEntities.Decode(value, out _, out var broken)));
            _ = many?.Add(key);
            IsBroken |= broken;
        }
    }

    // A tag of a hostile file may have a million attributes.
    private bool IsKnown(string key)
    {
        if (attributes.Count < FewMax)
        {
            return this[key] is not null;
        }

        many ??= new HashSet<string>(attributes.Select(attribute => attribute.Name), StringComparer.Ordinal);
        return many.Contains(key);
    }

    // Attribute names do not depend on case; the usual ones share their strings.
    private static string Common(ReadOnlySpan<char> name) => name switch
    {
        "pid" => "pid",
        "name" => "name",
        "tags" => "tags",
        "position" => "position",
        "size" => "size",
        _ => name.ToString().ToLowerInvariant(),
    };
}
