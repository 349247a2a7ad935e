namespace Undercroft.Stories;

/// <summary>Gives a story the form of one dialect, and says what changes: what follows is written and read back as it
/// is then.</summary>
internal sealed class WhiskerNormal(WhiskerShape shape, ReportBuilder report)
{
    private readonly UniqueNames ids = new(StringComparer.Ordinal);

    /// <summary>Gives the story the form of the dialect.</summary>
    public Story Apply(Story story)
    {
        if (story.Origin?.Format == StoryFormats.Whisker)
        {
            report.Add(WhiskerRules.Dialect);
        }

        var fields = story.Fields.Select(StoryField).OfType<StoryField>().ToArray();
        story = AddIds(story);
        return story with
        {
            Fields = fields.SequenceEqual(story.Fields) ? story.Fields : fields,
            Passages = [.. story.Passages.Select(Passage)],
        };
    }

    /// <summary>Gives passages that are new to the file the ids that it needs.</summary>
    public Story AddIds(Story story)
    {
        if (!shape.HasIds)
        {
            return story;
        }

        foreach (var passage in story.Passages)
        {
            _ = WhiskerPassage.IdOf(passage.Fields) is { } id && ids.Reserve(id);
        }

        return story with { Passages = [.. story.Passages.Select(AddId)] };
    }

    private Passage AddId(Passage passage, int index)
    {
        var isInFile = passage.Source is { Format: StoryFormats.Whisker, Header.Length: > 0 };
        if (passage.Kind != PassageKind.Passage || (isInFile && !shape.IsMap)
            || passage.Fields.Any(field => field.Name == "id"))
        {
            return passage;
        }

        var id = new StoryField("id", NewId(passage.Name));
        var pointer = new ElementPointer("passages", index).To("fields");
        report.Add(WhiskerRules.Id, pointer, passage.Name, after: id.Value);
        return passage with { Fields = [id, .. passage.Fields] };
    }

    private StoryField? StoryField(StoryField field)
    {
        if (field.Name == "variables" && field.IsJson && WhiskerVariables.Read(field.Value) is { } variables)
        {
            return Variables(field, variables);
        }

        return IsKept(field, "/fields", node: null) ? field : null;
    }

    private StoryField? Variables(StoryField field, WhiskerVariables variables)
    {
        if (shape.IsCompact && variables.Count == 0)
        {
            return IsKept(field, "/fields", node: null) ? field : null;
        }

        var json = variables.Write(shape.Variables);
        if (json == field.Value)
        {
            return field;
        }

        report.Add(WhiskerRules.VariableForm, "/fields", before: field.Value, after: json);
        foreach (var lost in variables.Losses(shape.Variables))
        {
            report.Add(WhiskerRules.VariableType, "/fields", before: lost);
        }

        return field with { Value = json };
    }

    private Passage Passage(Passage passage, int index)
    {
        if (passage.Kind != PassageKind.Passage)
        {
            return passage;
        }

        var pointer = new ElementPointer("passages", index).To("fields");
        var fields = new List<StoryField>(passage.Fields.Count);
        foreach (var field in passage.Fields)
        {
            if (ReferenceEquals(field, WhiskerChoices.ChoicesOf(passage)))
            {
                fields.Add(Choices(field, pointer, passage.Name));
            }
            else if (IsKept(field, pointer, passage.Name))
            {
                fields.Add(field);
            }
        }

        return fields.SequenceEqual(passage.Fields) ? passage : passage with { Fields = fields };
    }

    private string NewId(string name) => ids.Add(name.Length == 0 ? "passage" : name);

    private StoryField Choices(StoryField field, string pointer, string node)
    {
        var other = shape.TargetKey == "target" ? "target_passage" : "target";
        var changed = false;
        var choices = JsonScan.Items(field.Value, 0).ConvertAll(item =>
        {
            var members = JsonScan.Fields(field.Value, item.Start, out _);
            var at = members.FindIndex(member => member.Name == other);
            if (at < 0 || members.Exists(member => member.Name == shape.TargetKey))
            {
                return field.Value[item.Start..item.End];
            }

            changed = true;
            members[at] = members[at] with { Name = shape.TargetKey };
            return JsonBuild.Object(members);
        });
        if (!changed)
        {
            return field;
        }

        report.Add(WhiskerRules.Choice, pointer, node);
        return field with { Value = JsonBuild.Values(choices) };
    }

    private bool IsKept(StoryField field, string pointer, string? node)
    {
        if (!shape.IsCompact || field is not { IsJson: true, Value: "null" or "[]" or "{}" })
        {
            return true;
        }

        report.Add(WhiskerRules.Defaults, pointer, node, before: $"{field.Name}: {field.Value}");
        return false;
    }
}
