using System.Globalization;

namespace Undercroft.Stories;

/// <summary>The field that keeps choices while links in the text stand for them: the choices, and how long the links
/// are and a hash of them, so that an edit shows.</summary>
internal static class WhiskerKept
{
    private const string Name = "whisker-choices";

    /// <summary>Whether a field is such a one; any other of that name is somebody's own.</summary>
    public static bool Is(StoryField field) => Members(field) is not null;

    /// <summary>Makes the field, by a name that no other field of the passage has.</summary>
    public static StoryField Keep(StoryField choices, string links, IReadOnlyList<StoryField> fields) => new(
        Enumerable.Range(1, int.MaxValue)
            .Select(static number =>
                number == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{number}"))
            .First(name => fields.All(field => field.Name != name)),
        JsonBuild.Object(
            [new StoryField("links", Stamp(links)), new StoryField("choices", choices.Value, IsJson: true)]),
        IsJson: true);

    /// <summary>Undoes it; null where the links were changed.</summary>
    public static Passage? Restore(Passage passage) => passage.Fields
        .Select(field => Restore(passage, field))
        .FirstOrDefault(static restored => restored is not null);

    private static Passage? Restore(Passage passage, StoryField field)
    {
        if (Members(field) is not [var stamp, var choices]
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

    private static List<StoryField>? Members(StoryField field) =>
        field.Name.StartsWith(Name, StringComparison.Ordinal) && field.IsJson && field.Value.StartsWith('{')
        && JsonGrammar.FindFault(field.Value, out _) < 0
        && JsonScan.Fields(field.Value, 0, out _) is
            [{ Name: "links", IsJson: false }, { Name: "choices", IsJson: true }] members
            ? members
            : null;

    private static string Stamp(string links) =>
        string.Create(CultureInfo.InvariantCulture, $"{links.Length}:{StoryIds.Hash(links)}");
}
