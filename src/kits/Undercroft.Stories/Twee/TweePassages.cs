namespace Undercroft.Stories;

/// <summary>What tags and metadata of a Twee header mean.</summary>
internal static class TweePassages
{
    public static PassageKind KindOf(IReadOnlyList<string> tags)
    {
        foreach (var tag in tags)
        {
            switch (tag)
            {
                case "script":
                    return PassageKind.Script;
                case "stylesheet":
                    return PassageKind.Stylesheet;
                default:
                    continue;
            }
        }

        return PassageKind.Passage;
    }

    /// <summary>The tag that makes a passage a script or stylesheet.</summary>
    public static string TagOf(PassageKind kind) => kind == PassageKind.Script ? "script" : "stylesheet";

    public static IReadOnlyDictionary<string, string> Unreadable(string text) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { [StoryFormats.Twee3] = text };

    /// <summary>Whether a key of a passage's metadata has its own meaning.</summary>
    public static bool IsReserved(string key) => key is "position" or "size";

    /// <summary>Whether a header is rather a line of CSS or code, such as <c>::selection {</c>.</summary>
    public static bool LooksLikeCode(ReadOnlySpan<char> header)
    {
        var line = header.Trim();
        return line.Length > 2 && char.IsAsciiLetter(line[2] == '-' && line.Length > 3 ? line[3] : line[2])
            && (line.EndsWith('{') || line.EndsWith('}') || line.EndsWith(',') || line.EndsWith(';'));
    }
}
