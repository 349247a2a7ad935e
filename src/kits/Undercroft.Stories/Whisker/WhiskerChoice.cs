namespace Undercroft.Stories;

/// <summary>One choice of a passage.</summary>
/// <param name="Text">What the player reads.</param>
/// <param name="Target">The id or name of the passage it leads to.</param>
/// <param name="IsPlain">Whether it says nothing else.</param>
/// <param name="HasLogic">Whether it has a condition, an action or a kind.</param>
internal sealed record WhiskerChoice(string Text, string Target, bool IsPlain, bool HasLogic)
{
    private static readonly string[] Logic = ["condition", "action", "choice_type", "choiceType"];

    /// <summary>Reads the value of a field <c>choices</c>; null where it is no list of choices.</summary>
    public static List<WhiskerChoice>? ReadAll(StoryField? field)
    {
        if (field is not { IsJson: true } || !field.Value.StartsWith('[')
            || JsonGrammar.FindFault(field.Value, out _) >= 0)
        {
            return null;
        }

        var choices = JsonScan.Items(field.Value, 0)
            .ConvertAll(item => Read(JsonScan.Fields(field.Value, item.Start, out _)));
        return choices.Count == 0 || choices.Contains(null) ? null : [.. choices.OfType<WhiskerChoice>()];
    }

    /// <summary>The JSON of a list of choices that say text and target only.</summary>
    public static string WriteAll(IEnumerable<(string Text, string Target)> choices) =>
        JsonBuild.Values(choices.Select(choice => JsonBuild.Object(
            [new StoryField("text", choice.Text), new StoryField("target", choice.Target)])));

    private static WhiskerChoice? Read(List<StoryField> members)
    {
        var text = members.Find(member => member is { Name: "text", IsJson: false })?.Value;
        var target = members.Find(member => member is { Name: "target_passage", IsJson: false })?.Value
            ?? members.Find(member => member is { Name: "target", IsJson: false })?.Value;
        return text is null || target is null
            ? null
            : new WhiskerChoice(
                text,
                target,
                members.Count == 2,
                members.Exists(member => Logic.Contains(member.Name) && member is not { IsJson: true, Value: "null" }));
    }
}
