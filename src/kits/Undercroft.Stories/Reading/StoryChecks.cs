namespace Undercroft.Stories;

/// <summary>What every reader does last: say what an author should know.</summary>
internal static class StoryChecks
{
    /// <summary>Reports what is doubtful about a story that is read completely.</summary>
    public static Story Finish(Story story, ReportBuilder report)
    {
        ReportNames(story, report);
        Report(story, report);
        report.EndStory(story.Id);
        return story;
    }

    private static void Report(Story story, ReportBuilder report)
    {
        if (story.Passages.Count == 0)
        {
            report.Add(ConversionRules.StoryNoPassages, "/passages");
        }
        else if (story.StartUnresolved is not null)
        {
            report.Add(ConversionRules.StoryStart, "/startUnresolved", before: story.StartUnresolved);
        }
        else if (story.FindStart() is null)
        {
            report.Add(ConversionRules.StoryNoStart, "/startId");
        }

        if (story.Ifid is null)
        {
            report.Add(ConversionRules.IfidMissing, "/ifid");
        }
        else if (!story.Ifid.IsValid)
        {
            report.Add(ConversionRules.IfidInvalid, "/ifid", before: story.Ifid.Raw);
        }
    }

    private static void ReportNames(Story story, ReportBuilder report)
    {
        var seen = new HashSet<string>(story.Passages.Count, StringComparer.Ordinal);
        for (var i = 0; i < story.Passages.Count; i++)
        {
            var passage = story.Passages[i];
            if (passage.Kind != PassageKind.Passage)
            {
                continue;
            }

            if (passage.Name.Length == 0)
            {
                var pointer = new ElementPointer("passages", i).To("name");
                report.Add(ConversionRules.NameEmpty, pointer, line: passage.Source?.Line);
            }
            else if (!seen.Add(passage.Name))
            {
                report.Add(
                    ConversionRules.NameDuplicate,
                    new ElementPointer("passages", i).To("name"),
                    passage.Name,
                    passage.Source?.Line);
            }
        }
    }
}
