using System.Globalization;

namespace Undercroft.Stories;

/// <summary>The field that keeps choices while links in the text stand for them: the choices, and how long the links
/// are and a hash of them, so that an edit shows.</summary>
internal static class WhiskerKept
{
    /// <summary>Makes the field.</summary>
    public static StoryField Keep(StoryField choices, string links) => new(
        WhiskerChoices.Kept,
        JsonBuild.Object(
            [new StoryField("links", Stamp(links)), new StoryField("choices", choices.Value, IsJson: true)]),
        IsJson: true);

    /// <summary>Undoes it; null where the links were changed.</summary>
    public static Passage? Restore(Passage passage)
    {
        var field = passage.Fields.First(field => field.Name == WhiskerChoices.Kept);
        if (!field.IsJson || !field.Value.StartsWith('{') || JsonGrammar.FindFault(field.Value, out _) >= 0)
        {
            return null;
        }

        var members = JsonScan.Fields(field.Value, 0, out _);
        if (members is not [{ Name: "links", IsJson: false } stamp, { Name: "choices", IsJson: true } choices]
            || !int.TryParse(stamp.Value.Split(':')[0], CultureInfo.InvariantCulture, out var length)
            || length < 0 || length > passage.Body.Length || Stamp(passage.Body[^length..]) != stamp.Value)
        {
            return null;
        }

        var back = choices with { Name = WhiskerChoices.Choices };
        return passage with
        {
            Body = passage.Body[..^length],
            Fields = [.. passage.Fields.Select(other => ReferenceEquals(other, field) ? back : other)],
        };
    }

    private static string Stamp(string links) =>
        string.Create(CultureInfo.InvariantCulture, $"{links.Length}:{StoryIds.Hash(links)}");
}
