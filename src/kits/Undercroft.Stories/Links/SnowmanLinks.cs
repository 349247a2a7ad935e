namespace Undercroft.Stories;

/// <summary>Snowman: brackets outside of templates, and calls anywhere.</summary>
internal static class SnowmanLinks
{
    public static void Find(LinkSink sink)
    {
        var text = sink.Text;
        for (var at = 0; at < text.Length;)
        {
            var found = text.AsSpan(at).IndexOfAny('[', '<');
            if (found < 0)
            {
                break;
            }

            at += found;
            var rest = text.AsSpan(at);
            at = rest.StartsWith("[[") ? BracketLinks.Take(sink, at, StoryLinkKind.Link)
                : rest.StartsWith("<%") ? SkipTemplate(rest, at)
                : at + 1;
        }

        CallLinks.Find(sink, StoryDialect.Snowman);
    }

    private static int SkipTemplate(ReadOnlySpan<char> rest, int at)
    {
        // A template that does not end is code up to the end.
        var end = rest.IndexOf("%>", StringComparison.Ordinal);
        return end < 0 ? at + rest.Length : at + end + 2;
    }
}
