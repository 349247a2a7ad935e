using System.Globalization;

namespace Undercroft.Monitors;

/// <summary>Reads paths such as <c>$.items[0].name</c> and <c>$['odd name']</c>: names and positions, nothing else of
/// JSONPath.</summary>
internal static class JsonPathText
{
    private const string Expected = "expected names and positions, such as $.items[0].name or $['odd name'].";

    /// <summary>Says what is wrong with a path; null where nothing is.</summary>
    public static string? Problem(string text) =>
        TryRead(text) is null ? $"{Names.Show(text)} cannot be read; {Expected}" : null;

    /// <summary>The steps of a path; null where it cannot be read.</summary>
    public static List<string>? TryRead(string text)
    {
        if (!text.StartsWith('$'))
        {
            return null;
        }

        var steps = new List<string>();
        for (var at = 1; at < text.Length;)
        {
            var end = text[at] switch
            {
                '.' => ReadName(text, at + 1, steps),
                '[' when at + 1 < text.Length && text[at + 1] is '\'' or '"' => ReadQuoted(text, at + 1, steps),
                '[' => ReadPosition(text, at + 1, steps),
                _ => -1,
            };
            if (end < 0)
            {
                return null;
            }

            at = end;
        }

        return steps;
    }

    private static int ReadName(string text, int at, List<string> steps)
    {
        var end = text.AsSpan(at).IndexOfAny('.', '[');
        end = end < 0 ? text.Length : at + end;
        if (end == at || text[at..end] == "*")
        {
            return -1;
        }

        steps.Add(text[at..end]);
        return end;
    }

    private static int ReadQuoted(string text, int at, List<string> steps)
    {
        var end = text.IndexOf(text[at], at + 1);
        if (end < 0 || end + 1 >= text.Length || text[end + 1] != ']')
        {
            return -1;
        }

        steps.Add(text[(at + 1)..end]);
        return end + 2;
    }

    private static int ReadPosition(string text, int at, List<string> steps)
    {
        var end = text.IndexOf(']', at);
        if (end < 0 || !int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return -1;
        }

        steps.Add(text[at..end]);
        return end + 1;
    }
}
