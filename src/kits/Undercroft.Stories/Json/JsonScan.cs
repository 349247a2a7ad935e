using System.Buffers;

namespace Undercroft.Stories;

/// <summary>Walks over JSON that <see cref="JsonGrammar"/> found well-formed. Each call costs the length of what it
/// walks over.</summary>
internal static class JsonScan
{
    private static readonly SearchValues<char> ScalarEnds = SearchValues.Create(",]} \t\r\n");

    /// <summary>Where the first value of a text begins.</summary>
    public static int Root(string text) => SkipSpace(text, 0);

    /// <summary>The members of the object that begins at a position, in order, repeats kept; none where there is no
    /// object.</summary>
    public static List<JsonMember> Members(string text, int at)
    {
        var members = new List<JsonMember>();
        if (at >= text.Length || text[at] != '{')
        {
            return members;
        }

        at = SkipSpace(text, at + 1);
        while (text[at] != '}')
        {
            var nameEnd = SkipString(text, at);
            var value = SkipSpace(text, SkipSpace(text, nameEnd) + 1);
            var end = SkipValue(text, value);
            members.Add(new JsonMember(JsonStrings.Decode(text.AsSpan(at, nameEnd - at)), at, value, end));
            at = SkipSpace(text, end);
            at = text[at] == ',' ? SkipSpace(text, at + 1) : at;
        }

        return members;
    }

    /// <summary>Where the values of the array that begins at a position stand; none where there is no array.</summary>
    public static List<(int Start, int End)> Items(string text, int at)
    {
        var items = new List<(int Start, int End)>();
        if (at >= text.Length || text[at] != '[')
        {
            return items;
        }

        at = SkipSpace(text, at + 1);
        while (text[at] != ']')
        {
            var end = SkipValue(text, at);
            items.Add((at, end));
            at = SkipSpace(text, end);
            at = text[at] == ',' ? SkipSpace(text, at + 1) : at;
        }

        return items;
    }

    /// <summary>Of members with one name the last; null where there is none.</summary>
    public static JsonMember? Last(List<JsonMember> members, string name)
    {
        var index = members.FindLastIndex(member => member.Name == name);
        return index < 0 ? null : members[index];
    }

    /// <summary>A member as a field: its text, or its JSON without the space between.</summary>
    public static StoryField Field(string text, JsonMember member) => text[member.ValueStart] == '"'
        ? new StoryField(member.Name, JsonStrings.Decode(text.AsSpan(member.ValueStart..member.End)))
        : new StoryField(member.Name, JsonLayout.Compact(text.AsSpan(member.ValueStart..member.End)), IsJson: true);

    /// <summary>The members of an object as fields; of a repeated name the last, where the first stood.</summary>
    public static List<StoryField> Fields(string text, int at, out string? repeated)
    {
        repeated = null;
        var fields = new List<StoryField>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in Members(text, at))
        {
            var field = Field(text, member);
            if (places.TryAdd(member.Name, fields.Count))
            {
                fields.Add(field);
            }
            else
            {
                repeated = member.Name;
                fields[places[member.Name]] = field;
            }
        }

        return fields;
    }

    /// <summary>The texts of an array that holds nothing else; null for everything else.</summary>
    public static List<string>? Texts(string text, int at)
    {
        if (text[at] != '[')
        {
            return null;
        }

        var items = Items(text, at);
        return items.TrueForAll(item => text[item.Start] == '"')
            ? items.ConvertAll(item => JsonStrings.Decode(text.AsSpan(item.Start, item.End - item.Start)))
            : null;
    }

    /// <summary>Where the value that begins at a position ends.</summary>
    public static int SkipValue(string text, int at)
    {
        if (text[at] == '"')
        {
            return SkipString(text, at);
        }

        if (text[at] is not ('{' or '['))
        {
            var length = text.AsSpan(at).IndexOfAny(ScalarEnds);
            return length < 0 ? text.Length : at + length;
        }

        var depth = 0;
        do
        {
            at += text.AsSpan(at).IndexOfAny("\"{}[]");
            depth += text[at] is '{' or '[' ? 1 : text[at] is '}' or ']' ? -1 : 0;
            at = text[at] == '"' ? SkipString(text, at) : at + 1;
        }
        while (depth > 0);

        return at;
    }

    public static int SkipSpace(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }

        return at;
    }

    private static int SkipString(string text, int at)
    {
        at++;
        while (true)
        {
            at += text.AsSpan(at).IndexOfAny('"', '\\');
            if (text[at] == '"')
            {
                return at + 1;
            }

            at += 2;
        }
    }
}
