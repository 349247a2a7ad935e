namespace Undercroft.Stories;

/// <summary>Says what a source file holds beside its stories where a format has no place for it.</summary>
internal static class SourceRemains
{
    /// <summary>Reports what a story from JSON leaves behind in another format.</summary>
    public static void ReportJson(Story story, string target, ReportBuilder report)
    {
        if (story.Origin is { Format: StoryFormats.TwineJson or StoryFormats.Whisker } origin
            && origin.Format != target)
        {
            ReportParts(origin, report);
        }
    }

    /// <summary>Reports what a story from anywhere leaves behind in a format of JSON.</summary>
    public static void Report(Story story, string target, ReportBuilder report)
    {
        ReportJson(story, target, report);
        switch (story.Origin)
        {
            case { Format: StoryFormats.TwineHtml } page:
                if (!string.IsNullOrWhiteSpace(page.Before) || !string.IsNullOrWhiteSpace(page.After))
                {
                    report.Add(JsonRules.Page);
                }

                foreach (var gap in HtmlGaps.Find(story))
                {
                    report.Add(JsonRules.OpaqueLost, before: gap);
                }

                break;
            case { Format: StoryFormats.Twee3 } twee:
                if (!string.IsNullOrWhiteSpace(twee.Opening))
                {
                    report.Add(JsonRules.OpaqueLost, before: twee.Opening.Trim());
                }

                ReportParts(twee, report);
                break;
            default:
                break;
        }
    }

    private static void ReportParts(StoryOrigin origin, ReportBuilder report)
    {
        foreach (var part in origin.Parts.Where(part => part.Role == SourcePartRole.Opaque))
        {
            report.Add(JsonRules.OpaqueLost, before: part.Header + part.Body);
        }
    }
}
