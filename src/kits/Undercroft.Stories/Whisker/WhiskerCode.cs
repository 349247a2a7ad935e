namespace Undercroft.Stories;

/// <summary>Where the scripts and stylesheets of a story go in whisker's JSON.</summary>
internal sealed class WhiskerCode
{
    public WhiskerCode(Story story, ReportBuilder report)
    {
        var isTaken = story.Fields.Any(field => field.Name == "scripts")
            || (WhiskerHead.Language(story.Fields) is { } language && !IsJavaScript(language));
        var sheetsTaken = story.Fields.Any(field => field.Name == "stylesheets");
        int[] sheets = [.. Of(story, PassageKind.Stylesheet)];
        int[] scripts = [.. Of(story, PassageKind.Script)];
        int[] apart = [.. sheetsTaken ? sheets : [], .. isTaken ? scripts : []];
        int[] order = [.. sheetsTaken ? [] : sheets, .. isTaken ? [] : scripts, .. apart];
        var entries = CodePlaces.Describe(story, order, report);
        for (var i = order.Length - apart.Length; i < order.Length; i++)
        {
            var passage = story.Passages[order[i]];
            entries[i] = entries[i] with { Kind = passage.Kind, Body = passage.Body };
            report.Add(WhiskerRules.Code, new ElementPointer("passages", order[i]).ToString(), passage.Name);
        }

        Stylesheets = sheetsTaken ? [] : [.. sheets.Select(index => story.Passages[index].Body)];
        Scripts = isTaken ? [] : [.. scripts.Select(index => story.Passages[index].Body)];
        Entries = entries;
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
