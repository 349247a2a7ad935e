namespace Undercroft.Stories;

/// <summary>Makes further data fit into one JSON object, and says what did not.</summary>
internal static class WritableFields
{
    /// <summary>Returns the fields a writer can write so that a reader reads the same.</summary>
    public static IReadOnlyList<StoryField> Clean(
        IReadOnlyList<StoryField> fields,
        Func<StoryField, bool> isReserved,
        ReportBuilder report,
        string pointer,
        string? node)
    {
        if (fields.Count == 0)
        {
            return fields;
        }

        var clean = new List<StoryField>(fields.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields.Select(field => AsJson(field, report, pointer, node)))
        {
            if (isReserved(field))
            {
                report.Add(ConversionRules.FieldReserved, pointer, node, before: $"{field.Name}: {field.Value}");
            }
            else if (!names.Add(field.Name))
            {
                report.Add(ConversionRules.FieldDuplicate, pointer, node, before: $"{field.Name}: {field.Value}");
            }
            else
            {
                clean.Add(field);
            }
        }

        return clean;
    }

    /// <summary>The story with all JSON of its fields well-formed; what is not becomes text.</summary>
    public static Story MakeValid(Story story, ReportBuilder report)
    {
        var passages = story.Passages.ToArray();
        for (var i = 0; i < passages.Length; i++)
        {
            if (passages[i].Fields.Any(IsBroken))
            {
                var pointer = new ElementPointer("passages", i).To("fields");
                var mended = passages[i].Fields.Select(field => AsJson(field, report, pointer, story.Passages[i].Name));
                passages[i] = passages[i] with { Fields = [.. mended] };
            }
        }

        return story with
        {
            Passages = passages,
            Fields = story.Fields.Any(IsBroken)
                ? [.. story.Fields.Select(field => AsJson(field, report, "/fields", node: null))]
                : story.Fields,
        };
    }

    private static bool IsBroken(StoryField field) => field.IsJson && JsonFields.Canonical(field.Value) is null;

    private static StoryField AsJson(StoryField field, ReportBuilder report, string pointer, string? node)
    {
        if (!field.IsJson)
        {
            return field;
        }

        var json = JsonFields.Canonical(field.Value);
        if (json is null)
        {
            report.Add(ConversionRules.FieldJson, pointer, node, before: field.Value);
            return field with { IsJson = false };
        }

        return json == field.Value ? field : field with { Value = json };
    }
}
