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
        foreach (var field in fields)
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
                clean.Add(AsJson(field, report, pointer, node));
            }
        }

        return clean;
    }

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
