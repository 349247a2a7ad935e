namespace Undercroft.Stories;

/// <summary>Tells archives from published pages: an archive has nothing but comments between its stories.</summary>
internal static class ArchivePages
{
    /// <summary>Whether a file of Twine HTML is an archive.</summary>
    public static bool IsArchive(string text)
    {
        var scanner = new HtmlScanner(text);
        var from = 0;
        for (var at = scanner.NextStory(0); at >= 0; at = scanner.NextStory(from))
        {
            if (IsPage(text.AsSpan(from, at - from)))
            {
                return false;
            }

            var start = at + HtmlTag.Parse(text.AsSpan(at)).End;
            var closing = scanner.Elements(start, []);
            from = HtmlTag.IsAt(text.AsSpan(closing), "</" + HtmlScanner.Story) ? scanner.TagEnd(closing) : closing;
        }

        return from > 0 && !IsPage(text.AsSpan(from));
    }

    /// <summary>The story without a page around it.</summary>
    public static Story Strip(Story story, ReportBuilder report)
    {
        if (story.Origin is not { Format: StoryFormats.TwineHtml } origin
            || (!IsPage(origin.Before) && !IsPage(origin.After)))
        {
            return story;
        }

        report.Add(Twine1Rules.ArchivePage);
        return story with
        {
            Origin = origin with
            {
                Before = IsPage(origin.Before) ? "" : origin.Before,
                After = IsPage(origin.After) ? "\n" : origin.After,
            },
        };
    }

    private static bool IsPage(ReadOnlySpan<char> gap)
    {
        for (gap = gap.TrimStart(); gap.StartsWith("<!--"); gap = gap.TrimStart())
        {
            var end = gap.IndexOf("-->");
            gap = end < 0 ? [] : gap[(end + 3)..];
        }

        return !gap.IsEmpty;
    }
}
