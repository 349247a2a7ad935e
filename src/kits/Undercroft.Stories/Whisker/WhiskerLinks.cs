using System.Text;

namespace Undercroft.Stories;

/// <summary>Choices as links of Twine at the end of a passage, a line each, and back.</summary>
internal static class WhiskerLinks
{
    private const string Gap = "\n\n";

    /// <summary>What is added to a text to show choices; each is what the player reads and a passage's name.</summary>
    public static string Show(string body, IEnumerable<(string Text, string Name)> choices) =>
        (body.Length == 0 ? "" : Gap) + string.Join('\n', choices.Select(choice => Link(choice.Text, choice.Name)));

    /// <summary>Whether a link shows and leads to what a choice does.</summary>
    public static bool IsExact(string text, string name) =>
        TryRead(Link(text, name), out var shown, out var target) && shown == text && target == name
        && StoryLinks.Find(new Passage { Id = "", Body = Link(text, name) }, StoryDialect.Unknown) is [var link]
        && link.Target == name && (link.Text ?? name) == text;

    /// <summary>Takes the links at the end of a text apart. What <see cref="Show"/> makes of the result is the text
    /// again; where that is not so, or the rest holds links too, there is no result.</summary>
    public static (string Body, List<(string Text, string Name)> Links)? Split(string text)
    {
        var links = new List<(string Text, string Name)>();
        var start = text.Length + 1;
        while (start > 0)
        {
            var end = start - 1;
            var line = end == 0 ? 0 : text.LastIndexOf('\n', end - 1) + 1;
            if (!TryRead(text.AsSpan(line, end - line), out var shown, out var name) || !IsExact(shown, name))
            {
                break;
            }

            links.Add((shown, name));
            start = line;
        }

        links.Reverse();
        var hasGap = start >= 2 && start <= text.Length && text[start - 2] == '\n';
        if (links.Count == 0 || (start > 0 && (!hasGap || start == 2)))
        {
            return null;
        }

        var body = start == 0 ? "" : text[..(start - 2)];
        return body.Contains("[[", StringComparison.Ordinal) ? null : (body, links);
    }

    private static string Link(string text, string name)
    {
        var (shown, target) = (Clean(text), Clean(name));
        return shown == target ? $"[[{target}]]" : $"[[{shown}->{target}]]";
    }

    private static bool TryRead(ReadOnlySpan<char> line, out string text, out string name)
    {
        (text, name) = ("", "");
        if (line.Length < 5 || !line.StartsWith("[[") || !line.EndsWith("]]"))
        {
            return false;
        }

        BracketLinks.Split(line[2..^2], out var target, out var label);
        (text, name) = (label.ToString(), target.ToString());
        return line.SequenceEqual(Link(text, name));
    }

    private static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAny("]\r\n"))
        {
            return text;
        }

        var clean = new StringBuilder(text).Replace("]]", "] ]").Replace("\r\n", " ").Replace('\n', ' ')
            .Replace('\r', ' ');
        return clean.ToString();
    }
}
