namespace Undercroft.Stories;

/// <summary>Tells the formats in JSON by their keys.</summary>
internal static class JsonDetector
{
    // The first passages tell as much as all of them.
    private const int PassagesMax = 50;

    private static readonly string[] TwineKeys =
        ["ifid", "format-version", "formatVersion", "start", "tag-colors", "tagColors", "style", "script", "zoom"];

    private static readonly string[] WhiskerKeys =
        ["settings", "variables", "metadata", "start_passage", "startPassage", "assets", "stylesheets", "scripts"];

    private static readonly string[] WhiskerPassageKeys =
        ["content", "choices", "id", "pid", "on_enter_script", "on_exit_script"];

    public static IEnumerable<StoryFormatGuess> Guess(string text)
    {
        if (JsonGrammar.FindFault(text, out _) is var fault and >= 0)
        {
            return GuessBroken(text, new LineCounter(text).At(fault));
        }

        var root = JsonScan.Fields(text, JsonScan.Root(text), out _);
        if (root.Exists(field => field is { Name: "format", Value: "whisker" }))
        {
            return [new StoryFormatGuess(StoryFormats.Whisker, 0.99, "its format is 'whisker'")];
        }

        if (root.Find(field => field.Name == "passages") is not { IsJson: true } list
            || list.Value[0] is not ('[' or '{'))
        {
            return [];
        }

        var names = root.ConvertAll(field => field.Name);
        return Weigh(names, KeysOfPassages(list.Value), list.Value[0] == '{');
    }

    private static IEnumerable<StoryFormatGuess> Weigh(List<string> root, HashSet<string> passage, bool isMap)
    {
        var whisker = WhiskerKeys.Intersect(root).ToArray();
        var whiskerPassage = WhiskerPassageKeys.Intersect(passage).ToArray();
        var twine = TwineKeys.Intersect(root).ToArray();
        var hasText = passage.Contains("text") || passage.Contains("content");
        if (!hasText && passage.Count > 0)
        {
            return [];
        }

        var forWhisker = 0.5 + (whisker.Length > 0 ? 0.15 : 0) + (whiskerPassage.Length > 0 ? 0.2 : 0)
            + (isMap ? 0.1 : 0) - (twine.Length > 0 ? 0.2 : 0);
        var forTwine = 0.6 + (twine.Length > 0 ? 0.3 : 0) + (root.Contains("name") ? 0.05 : 0)
            - (whiskerPassage.Length > 0 ? 0.3 : 0) - (isMap ? 0.3 : 0) - (whisker.Length > 0 ? 0.1 : 0);
        return
        [
            new StoryFormatGuess(StoryFormats.TwineJson, forTwine, Reason(twine, [])),
            new StoryFormatGuess(StoryFormats.Whisker, forWhisker, Reason(whisker, whiskerPassage)),
        ];
    }

    private static string Reason(string[] root, string[] passage) =>
        (root.Length, passage.Length) switch
        {
            (0, 0) => "it has 'passages', and no other key that tells",
            (0, _) => $"its passages have '{passage[0]}'",
            _ => $"it has 'passages' and '{root[0]}'",
        };

    private static HashSet<string> KeysOfPassages(string list)
    {
        var starts = list[0] == '['
            ? JsonScan.Items(list, 0).ConvertAll(item => item.Start)
            : JsonScan.Members(list, 0).ConvertAll(member => member.ValueStart);
        return [.. starts.Take(PassagesMax).SelectMany(start => JsonScan.Members(list, start)).Select(one => one.Name)];
    }

    // A file that is cut off or has one wrong character is still to be called what it is, with the line of the fault.
    private static StoryFormatGuess[] GuessBroken(string text, int line)
    {
        var reason = $"it begins like it, and is broken in line {line}";
        return text.Contains("\"whisker\"", StringComparison.Ordinal)
            || text.Contains("\"choices\"", StringComparison.Ordinal)
            ? [new StoryFormatGuess(StoryFormats.Whisker, 0.6, reason)]
            : text.Contains("\"passages\"", StringComparison.Ordinal)
                ? [new StoryFormatGuess(StoryFormats.TwineJson, 0.6, reason)]
                : [];
    }
}
