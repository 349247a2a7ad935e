namespace Undercroft.Stories;

/// <summary>Says what a story of whisker has that the formats of Twine keep and do nothing with.</summary>
internal static class WhiskerLeftovers
{
    private static readonly string[] PassageLogic =
        ["on_enter_script", "on_exit_script", "onEnterScript", "onExitScript"];

    private static readonly string[] StoryLogic = ["scripts", "functions", "luaFunctions", "visualScripts"];

    public static void Report(Story story, ReportBuilder report)
    {
        ReportLogic(story, report);
        ReportLinks(story, report);
    }

    private static void ReportLogic(Story story, ReportBuilder report)
    {
        foreach (var field in story.Fields.Where(field => field is { IsJson: true, Value.Length: > 2 }))
        {
            if (field.Name == "variables")
            {
                report.Add(WhiskerRules.Variables, "/fields", before: field.Value);
            }
            else if (StoryLogic.Contains(field.Name))
            {
                report.Add(WhiskerRules.Logic, "/fields", before: field.Value);
            }
        }

        for (var i = 0; i < story.Passages.Count; i++)
        {
            var passage = story.Passages[i];
            foreach (var script in passage.Fields.Where(field => PassageLogic.Contains(field.Name) && !field.IsJson))
            {
                report.Add(
                    WhiskerRules.Logic,
                    new ElementPointer("passages", i).To("fields"),
                    passage.Name,
                    passage.Source?.Line,
                    script.Value);
            }
        }
    }

    private static void ReportLinks(Story story, ReportBuilder report)
    {
        var targets = new WhiskerTargets(story.Passages);
        for (var i = 0; i < story.Passages.Count; i++)
        {
            var passage = story.Passages[i];
            foreach (var link in StoryLinks.Find(passage, story.Dialect))
            {
                if (targets[link.Target] is { } meant && meant.Name != link.Target && !targets.HasName(link.Target))
                {
                    var pointer = new ElementPointer("passages", i).To("body");
                    var line = passage.Source?.Line;
                    report.Add(WhiskerRules.LinkId, pointer, passage.Name, line, link.Target, meant.Name);
                }
            }
        }
    }
}
