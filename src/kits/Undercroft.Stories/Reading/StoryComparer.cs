namespace Undercroft.Stories;

/// <summary>Compares what two stories say. Ids and where a story came from are not part of it.</summary>
internal static class StoryComparer
{
    /// <summary>All differences; pointers are those of <paramref name="expected"/>.</summary>
    public static IEnumerable<StoryDifference> Compare(Story expected, Story actual) =>
        CompareStory(expected, actual).Concat(ComparePassages(expected, actual));

    private static IEnumerable<StoryDifference> CompareStory(Story expected, Story actual)
    {
        (string Pointer, string? Before, string? After)[] pairs =
        [
            ("/name", expected.Name, actual.Name),
            ("/ifid", expected.Ifid?.Raw, actual.Ifid?.Raw),
            ("/format", expected.Format, actual.Format),
            ("/formatVersion", expected.FormatVersion, actual.FormatVersion),
            ("/startId", expected.StartUnresolved, actual.StartUnresolved),
            ("/zoom", expected.Zoom, actual.Zoom),
            ("/options", expected.Options, actual.Options),
            ("/creator", expected.Creator, actual.Creator),
            ("/creatorVersion", expected.CreatorVersion, actual.CreatorVersion),
            ("/tags", JsonFields.WriteArray(expected.Tags), JsonFields.WriteArray(actual.Tags)),
            ("/tagColors", Show(expected.TagColors), Show(actual.TagColors)),
            ("/fields", Show(expected.Fields), Show(actual.Fields)),
            ("/extensions", Show(expected.Extensions), Show(actual.Extensions)),
        ];
        return pairs
            .Where(pair => !string.Equals(pair.Before ?? "", pair.After ?? "", StringComparison.Ordinal))
            .Select(pair => new StoryDifference(pair.Pointer, pair.Before, pair.After));
    }

    /// <summary>The passages of both with their places, in one order: by kind where only that differs.</summary>
    public static ((int Index, Passage Passage)[] Before, (int Index, Passage Passage)[] After, bool IsReordered) Align(
        Story expected, Story actual)
    {
        var before = Numbered(expected);
        var after = Numbered(actual);
        return Kinds(before).SequenceEqual(Kinds(after)) || !Kinds(before).Order().SequenceEqual(Kinds(after).Order())
            ? (before, after, false)
            : ([.. before.OrderBy(item => item.Passage.Kind)], [.. after.OrderBy(item => item.Passage.Kind)], true);
    }

    private static IEnumerable<StoryDifference> ComparePassages(Story expected, Story actual)
    {
        var (before, after, isReordered) = Align(expected, actual);
        if (isReordered)
        {
            yield return new StoryDifference("/passages", "order", "order");
        }

        if (before.Length != after.Length)
        {
            yield return new StoryDifference("/passages", $"{before.Length} passages", $"{after.Length} passages");
        }

        var start = Array.FindIndex(before, item => item.Passage.Id == expected.StartId);
        if (start != Array.FindIndex(after, item => item.Passage.Id == actual.StartId))
        {
            yield return new StoryDifference("/startId", expected.StartId, actual.StartId);
        }

        foreach (var (left, right) in before.Zip(after))
        {
            foreach (var difference in ComparePassage(left, right.Passage))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<StoryDifference> ComparePassage((int Index, Passage Passage) left, Passage actual)
    {
        var expected = left.Passage;
        var pointer = new ElementPointer("passages", left.Index);
        if (expected.Name != actual.Name)
        {
            yield return new StoryDifference(pointer.To("name"), expected.Name, actual.Name);
        }

        if (expected.Kind != actual.Kind)
        {
            yield return new StoryDifference(pointer.To("kind"), expected.Kind.ToString(), actual.Kind.ToString());
        }

        if (expected.Body != actual.Body)
        {
            yield return new StoryDifference(pointer.To("body"), expected.Body, actual.Body);
        }

        if (!expected.Tags.SequenceEqual(actual.Tags))
        {
            yield return new StoryDifference(
                pointer.To("tags"), JsonFields.WriteArray(expected.Tags), JsonFields.WriteArray(actual.Tags));
        }

        if ((expected.Position?.Raw ?? "") != (actual.Position?.Raw ?? ""))
        {
            yield return new StoryDifference(pointer.To("position"), expected.Position?.Raw, actual.Position?.Raw);
        }

        if ((expected.Size?.Raw ?? "") != (actual.Size?.Raw ?? ""))
        {
            yield return new StoryDifference(pointer.To("size"), expected.Size?.Raw, actual.Size?.Raw);
        }

        if (!expected.Fields.SequenceEqual(actual.Fields) && Show(expected.Fields) != Show(actual.Fields))
        {
            yield return new StoryDifference(pointer.To("fields"), Show(expected.Fields), Show(actual.Fields));
        }

        if (Show(expected.Extensions) != Show(actual.Extensions))
        {
            yield return new StoryDifference(
                pointer.To("extensions"), Show(expected.Extensions), Show(actual.Extensions));
        }
    }

    private static (int Index, Passage Passage)[] Numbered(Story story) =>
        [.. story.Passages.Select((passage, index) => (index, passage))];

    private static IEnumerable<PassageKind> Kinds((int Index, Passage Passage)[] items) =>
        items.Select(item => item.Passage.Kind);

    // The same JSON says the same however it is laid out, and the same keys in whatever order.
    private static string Show(IReadOnlyList<StoryField> fields) =>
        string.Join('\n', fields.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => field.IsJson
            ? $"{field.Name}:={Compact(field.Value)}"
            : $"{field.Name}:{field.Value}"));

    private static string Compact(string json) =>
        JsonFields.Canonical(json) is { } canonical ? JsonLayout.Compact(canonical) : json;

    private static string Show(IReadOnlyList<TagColor> colors) =>
        string.Join('\n', colors.Select(color => $"{color.Tag}: {color.Color}"));

    private static string Show(IReadOnlyDictionary<string, string> extensions) =>
        string.Join('\n', extensions
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}: {pair.Value}"));
}
