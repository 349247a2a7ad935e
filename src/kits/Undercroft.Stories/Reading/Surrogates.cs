namespace Undercroft.Stories;

/// <summary>Finds text that UTF-8 cannot hold. It comes from programs, and from the escapes of JSON.</summary>
internal static class Surrogates
{
    /// <summary>Announces every element of the story whose text will be altered by encoding.</summary>
    public static void Report(Story story, ReportBuilder report)
    {
        Check(story.Name, "/name");
        Check(story.Ifid?.Raw, "/ifid");
        Check(story.Format, "/format");
        Check(story.FormatVersion, "/formatVersion");
        Check(story.StartUnresolved, "/startId");
        Check(story.Zoom, "/zoom");
        Check(story.Options, "/options");
        Check(story.Creator, "/creator");
        Check(story.CreatorVersion, "/creatorVersion");
        Check(string.Join('\n', story.Tags), "/tags");
        Check(string.Join('\n', story.TagColors.Select(color => color.Tag + '\n' + color.Color)), "/tagColors");
        Check(string.Join('\n', story.Fields.Select(field => field.Name + '\n' + field.Value)), "/fields");
        Check(string.Join('\n', story.Extensions.Select(pair => pair.Key + '\n' + pair.Value)), "/extensions");
        for (var i = 0; i < story.Passages.Count; i++)
        {
            if (HasLone(story.Passages[i]))
            {
                var pointer = new ElementPointer("passages", i).ToString();
                report.Add(ConversionRules.TextSurrogate, pointer, story.Passages[i].Name);
            }
        }

        void Check(string? text, string pointer)
        {
            if (HasLone(text))
            {
                report.Add(ConversionRules.TextSurrogate, pointer);
            }
        }
    }

    /// <summary>Whether anything of a story will be altered by encoding.</summary>
    public static bool IsIn(Story story)
    {
        var report = new ReportBuilder(StoryFormats.Model, StoryFormats.Model, null);
        Report(story, report);
        return report.Findings > 0;
    }

    /// <summary>Announces what stands beside a passage's body, where the body itself can be written.</summary>
    public static void ReportBeside(Passage passage, ReportBuilder report, ElementPointer pointer)
    {
        if (HasLone(passage with { Body = "" }))
        {
            report.Add(ConversionRules.TextSurrogate, pointer.ToString(), passage.Name);
        }
    }

    private static bool HasLone(Passage passage) =>
        HasLone(passage.Name) || HasLone(passage.Body) || passage.Tags.Any(HasLone)
        || HasLone(passage.Position?.Raw) || HasLone(passage.Size?.Raw)
        || passage.Fields.Any(field => HasLone(field.Name) || HasLone(field.Value))
        || passage.Extensions.Any(pair => HasLone(pair.Key) || HasLone(pair.Value));

    /// <summary>Whether a text holds half of a surrogate pair.</summary>
    public static bool HasLone(string? text)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAnyInRange('\uD800', '\uDFFF') is var at and >= 0)
        {
            if (at + 1 == rest.Length || !char.IsSurrogatePair(rest[at], rest[at + 1]))
            {
                return true;
            }

            rest = rest[(at + 2)..];
        }

        return false;
    }
}
