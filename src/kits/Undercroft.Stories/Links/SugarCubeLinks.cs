using System.Buffers;

namespace Undercroft.Stories;

/// <summary>SugarCube: brackets, image links and macros such as <c>&lt;&lt;goto&gt;&gt;</c>, outside of comments and
/// code.</summary>
internal static class SugarCubeLinks
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("[</{\"");

    // What opens text without links, and what ends it.
    private static readonly (string Open, string Close)[] Silent =
    [
        ("<!--", "-->"), ("/*", "*/"), ("/%", "%/"), ("{{{", "}}}"), ("\"\"\"", "\"\"\""), ("<nowiki>", "</nowiki>"),
        ("<<script>>", "<</script>>"), ("<script", "</script"), ("<style", "</style"),
    ];

    private static readonly string[] ImageOpenings = ["[img[", "[<img[", "[>img["];

    public static void Find(LinkSink sink)
    {
        var text = sink.Text;
        var endless = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny(Marks);
            if (found < 0)
            {
                break;
            }

            at += found;
            var rest = text.AsSpan(at);
            at = TrySkip(rest, endless, out var skipped) ? at + skipped
                : rest.StartsWith("[[") ? BracketLinks.Take(sink, at, StoryLinkKind.Link)
                : rest.StartsWith("<<") ? SugarCubeMacro.Take(sink, at)
                : rest[0] == '[' ? TakeImage(sink, at)
                : at + 1;
        }

        CallLinks.Find(sink, StoryDialect.SugarCube);
    }

    /// <summary>Takes <c>[img[source][target]]</c>, and returns where to go on.</summary>
    public static int TakeImage(LinkSink sink, int at)
    {
        var rest = sink.Text.AsSpan(at);
        if (!StartsWithImage(rest))
        {
            return at + 1;
        }

        var near = rest[..Math.Min(rest.Length, LinkSink.ArgumentsMax)];
        var source = near.IndexOf("][", StringComparison.Ordinal);
        var end = source < 0 ? -1 : near[source..].IndexOf("]]", StringComparison.Ordinal);
        if (end < 0 || near[..source].Contains("]]", StringComparison.Ordinal))
        {
            return at + 1;
        }

        var target = near.Slice(source + 2, end - 2);
        var setter = target.IndexOf("][", StringComparison.Ordinal);
        sink.AddName(StoryLinkKind.Link, setter < 0 ? target : target[..setter], [], at);
        return at + source + end + 2;
    }

    private static bool StartsWithImage(ReadOnlySpan<char> rest)
    {
        foreach (var opening in ImageOpenings)
        {
            if (rest.StartsWith(opening, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TrySkip(ReadOnlySpan<char> rest, HashSet<string> endless, out int length)
    {
        length = 0;
        foreach (var (open, close) in Silent)
        {
            if (!rest.StartsWith(open, StringComparison.OrdinalIgnoreCase) || endless.Contains(close))
            {
                continue;
            }

            var end = rest[open.Length..].IndexOf(close, StringComparison.OrdinalIgnoreCase);
            if (end >= 0)
            {
                length = open.Length + end + close.Length;
                return true;
            }

            _ = endless.Add(close);
        }

        return false;
    }
}
