namespace Undercroft.Stories;

/// <summary>Finds what an HTML source holds between its elements, for formats that have no place for it.</summary>
internal static class HtmlGaps
{
    public static IEnumerable<string> Find(Story story)
    {
        var opening = story.Origin!.Opening;
        string[] gaps =
        [
            opening[HtmlTag.Parse(opening).End..],
            .. story.Passages.Where(passage => passage.Source?.Format == StoryFormats.TwineHtml)
                .Select(passage => AfterEndTag(passage.Source!.After)),
            .. story.Origin.Parts.Select(part => AfterEndTag(part.After)),
        ];
        return gaps.Where(gap => !string.IsNullOrWhiteSpace(gap)).Select(gap => gap.Trim());
    }

    private static string AfterEndTag(string after)
    {
        if (!after.StartsWith("</", StringComparison.Ordinal))
        {
            return after;
        }

        var close = after.IndexOf('>', StringComparison.Ordinal);
        return close < 0 ? "" : after[(close + 1)..];
    }
}
