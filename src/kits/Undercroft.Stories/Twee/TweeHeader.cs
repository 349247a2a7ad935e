using System.Text;

namespace Undercroft.Stories;

/// <summary>The header line of a Twee passage: <c>:: name [tags] {metadata}</c>.</summary>
internal readonly ref struct TweeHeader
{
    private TweeHeader(string name, IReadOnlyList<string> tags, ReadOnlySpan<char> metadata, bool wellFormed)
    {
        Name = name;
        Tags = tags;
        Metadata = metadata;
        IsWellFormed = wellFormed;
    }

    public string Name { get; }

    public IReadOnlyList<string> Tags { get; }

    /// <summary>The metadata block from its brace to the line's end, trimmed; empty where there is none.</summary>
    public ReadOnlySpan<char> Metadata { get; }

    /// <summary>False where the tag block is not closed, or something else follows it.</summary>
    public bool IsWellFormed { get; }

    /// <summary>Reads a header line, with or without its line end.</summary>
    public static TweeHeader Parse(ReadOnlySpan<char> line)
    {
        var rest = line[2..].TrimEnd("\r\n");
        var end = NextUnescaped(rest, "[{");
        var name = Unescape(TrimUnescaped(end < 0 ? rest : rest[..end]));
        if (end < 0)
        {
            return new TweeHeader(name, [], [], wellFormed: true);
        }

        if (rest[end] == '{')
        {
            return new TweeHeader(name, [], rest[end..].TrimEnd(), wellFormed: true);
        }

        var block = rest[(end + 1)..];
        var close = NextUnescaped(block, "]");
        var tags = SplitTags(close < 0 ? block : block[..close]);
        var after = close < 0 ? [] : block[(close + 1)..].Trim();
        var metadata = after.StartsWith('{') ? after : [];
        return new TweeHeader(name, tags, metadata, wellFormed: close >= 0 && (after.IsEmpty || after[0] == '{'));
    }

    /// <summary>Appends a name with its special characters, and spaces at its ends, escaped.</summary>
    public static void AppendName(StringBuilder output, ReadOnlySpan<char> name)
    {
        var first = 0;
        while (first < name.Length && char.IsWhiteSpace(name[first]))
        {
            first++;
        }

        var last = name.Length;
        while (last > first && char.IsWhiteSpace(name[last - 1]))
        {
            last--;
        }

        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c is '\\' or '[' or ']' or '{' or '}' || i < first || i >= last)
            {
                _ = output.Append('\\');
            }

            _ = output.Append(c);
        }
    }

    private static int NextUnescaped(ReadOnlySpan<char> text, ReadOnlySpan<char> wanted)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (wanted.Contains(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static ReadOnlySpan<char> TrimUnescaped(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        var trimmed = text.TrimEnd();
        var backslashes = trimmed.Length - trimmed.TrimEnd('\\').Length;

        // An odd run of backslashes escapes the space that follows it.
        return backslashes % 2 == 1 && trimmed.Length < text.Length ? text[..(trimmed.Length + 1)] : trimmed;
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            // A backslash that ends the text has nothing to escape and stands for itself.
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            _ = plain.Append(text[i]);
        }

        return plain.ToString();
    }

    // Space always ends a tag: the specification has no tag with spaces.
    private static List<string> SplitTags(ReadOnlySpan<char> block)
    {
        var tags = new List<string>();
        for (block = block.TrimStart(); !block.IsEmpty; block = block.TrimStart())
        {
            var end = 0;
            while (end < block.Length && !char.IsWhiteSpace(block[end]))
            {
                end++;
            }

            tags.Add(Unescape(block[..end]));
            block = block[end..];
        }

        return tags;
    }
}
