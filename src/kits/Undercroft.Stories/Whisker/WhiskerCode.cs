namespace Undercroft.Stories;

/// <summary>Where the scripts and stylesheets of a story go in whisker's JSON.</summary>
internal sealed class WhiskerCode
{
    public WhiskerCode(Story story, ReportBuilder report)
    {
        var isTaken = story.Fields.Any(field => field.Name == "scripts")
            || (WhiskerHead.Language(story.Fields) is { } language && !IsJavaScript(language));
        var sheetsTaken = story.Fields.Any(field => field.Name == "stylesheets");
        var order = new List<int>();
        order.AddRange(Of(story, PassageKind.Stylesheet));
        var sheets = order.Count;
        order.AddRange(Of(story, PassageKind.Script));
        var counts = new int[3];
        var entries = new List<CodeEntry>();
        var apart = new List<CodeEntry>();
        for (var i = 0; i < order.Count; i++)
        {
            var passage = story.Passages[order[i]];
            var isApart = i < sheets ? sheetsTaken : isTaken;
            var number = ++counts[(int)passage.Kind];
            var entry = CodePlaces.Describe(passage, number, order[i], isApart ? -1 : i, report);
            if (!isApart)
            {
                entries.Add(entry);
                continue;
            }

            apart.Add(entry with { Kind = passage.Kind, Body = passage.Body });
            report.Add(WhiskerRules.Code, new ElementPointer("passages", order[i]).ToString(), passage.Name);
        }

        Stylesheets = sheetsTaken ? [] : [.. order[..sheets].Select(index => story.Passages[index].Body)];
        Scripts = isTaken ? [] : [.. order[sheets..].Select(index => story.Passages[index].Body)];
        Entries = [.. entries, .. apart];
    }

    public IReadOnlyList<string> Stylesheets { get; }

    public IReadOnlyList<string> Scripts { get; }

    public IReadOnlyList<CodeEntry> Entries { get; }

    public static bool IsJavaScript(string language) =>
        language.Equals("javascript", StringComparison.OrdinalIgnoreCase)
        || language.Equals("js", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<int> Of(Story story, PassageKind kind) =>
        Enumerable.Range(0, story.Passages.Count).Where(index => story.Passages[index].Kind == kind);
}
