using System.Text;

namespace Undercroft.Stories;

/// <summary>Writes what a whisker file says beside its passages.</summary>
internal sealed class WhiskerHeadWrite(
    Story story, StoryOrigin? origin, WhiskerShape shape, WhiskerCode code, ReportBuilder report)
{
    private readonly JsonCarrier carrier = new()
    {
        Code = code.Entries,
        Story = TweeStoryData.Of(story with { Ifid = null, Tags = [], Fields = [] }, start: null),
    };

    public JsonHead Make()
    {
        foreach (var extension in story.Extensions)
        {
            report.Add(ConversionRules.Extension, "/extensions", before: extension.Value);
        }

        if (story.TagColors.DistinctBy(color => color.Tag).Count() != story.TagColors.Count)
        {
            report.Add(ConversionRules.FieldDuplicate, "/tagColors");
        }

        var head = origin is null ? null : new JsonHead(origin.Opening, origin.Closing);
        var before = head is null ? null : WhiskerHead.Parse(head.Text);

        // What the file says already stays, whatever its name.
        var fields = Clean(story.Fields, before?.Fields ?? []);
        var wanted = Wanted(fields);
        if (head is not null && before is not null)
        {
            if (!before.Says(wanted))
            {
                Edit(head, before, wanted);
            }

            if (story.Passages.Any(passage => passage.Kind == PassageKind.Passage))
            {
                head.NeedList();
            }

            if (WhiskerHead.Parse(head.Text).Says(wanted))
            {
                return head;
            }
        }

        wanted = wanted.With(Clean(fields, []));
        var doubled = wanted.Doubled(shape).ToArray();
        foreach (var member in doubled)
        {
            report.Add(ConversionRules.FieldDuplicate, "/fields", before: $"{member.Name}: {member.Value}");
        }

        wanted = wanted.Without(doubled);
        var output = new StringBuilder();
        var list = new StoryField("passages", shape.IsMap ? "{}" : "[]", IsJson: true);
        JsonLayout.AppendIndented(output, JsonBuild.Object(wanted.Members(shape).Append(list)), level: 0);
        var text = output.Append('\n').Replace("\n", origin?.Newline ?? "\n").ToString();
        var at = JsonFile.ListOf(text, 0)!.Value.ValueStart + 1;
        return new JsonHead(text[..at], text[at..]);
    }

    private IReadOnlyList<StoryField> Clean(IReadOnlyList<StoryField> fields, IReadOnlyList<StoryField> kept) =>
        WritableFields.Clean(
            fields, field => !kept.Contains(field) && !IsFree(field), report, "/fields", node: null);

    private WhiskerHead Wanted(IReadOnlyList<StoryField> fields)
    {
        if (!carrier.Story.IsEmpty && origin is null)
        {
            report.Add(WhiskerRules.StoryData, before: JsonFields.Write(carrier.Story.Members()));
        }

        return WhiskerHead.Of(story, Start(), code.Stylesheets, code.Scripts, carrier, fields);
    }

    private bool IsFree(StoryField field) => field.Name switch
    {
        "tags" when story.Tags.Count > 0 => false,

        // Somebody's own, where ours is to stand.
        JsonCarrier.Key when !carrier.IsEmpty => false,
        "metadata" when !WhiskerHead.IsObject(field) => false,
        "settings" when !WhiskerHead.IsObject(field) => story.StartId is null && story.StartUnresolved is null
            && code.Scripts.Count == 0,
        "format" or "formatVersion" or "title" or "name" when origin is null => false,
        "start" or "startPassage" or "start_passage" when !field.IsJson => false,
        "settings" when code.Scripts.Count > 0 => WhiskerHead.Language([field]) is null && WhiskerHead.IsFree(field),
        _ => WhiskerHead.IsFree(field),
    };

    // What a reader would make of the text decides whether it can be written.
    private string? Start()
    {
        var targets = new WhiskerTargets(story.Passages);
        var start = story.StartId is null
            ? null
            : story.Passages.FirstOrDefault(passage => passage.Id == story.StartId);
        if (origin is not null && WhiskerHead.Parse(origin.Opening + origin.Closing).Start is { } kept
            && targets[kept] == start && (start is not null || kept == story.StartUnresolved))
        {
            return kept;
        }

        var text = start is null ? story.StartUnresolved : WhiskerPassage.IdOf(start.Fields) ?? start.Name;
        if (text is null ? story.StartId is not null : text.Length == 0 || targets[text] != start)
        {
            report.Add(WhiskerRules.Start, "/startId", start?.Name, before: text);
        }

        return Optional.Text(text);
    }

    private static void Edit(JsonHead head, WhiskerHead before, WhiskerHead wanted)
    {
        if (before.Name != wanted.Name)
        {
            SetName(head, before, wanted.Name);
        }

        if (before.Ifid != wanted.Ifid)
        {
            head.SetInside("metadata", "ifid", wanted.Ifid is null ? null : JsonStrings.Quote(wanted.Ifid));
        }

        SetFields(head, before, wanted);
        if (before.Start != wanted.Start)
        {
            var start = wanted.Start is null ? null : JsonStrings.Quote(wanted.Start);
            if (before.RootStart is { } key)
            {
                head.Set(key, start);
            }
            else
            {
                head.SetInside("settings", "startPassage", start);
            }
        }

        if (!before.Tags.SequenceEqual(wanted.Tags))
        {
            head.Set("tags", before.HasTagMap
                ? JsonBuild.Object(wanted.Tags.Select(tag => new StoryField(tag, "true", IsJson: true)))
                : JsonBuild.Array(wanted.Tags));
        }

        SetCode(head, before, wanted);
    }

    private static void SetName(JsonHead head, WhiskerHead before, string name)
    {
        if (before.RootTitle is { } root)
        {
            head.Set(root, JsonStrings.Quote(name));
            return;
        }

        foreach (var key in before.TitleKeys)
        {
            head.SetInside("metadata", key, JsonStrings.Quote(name));
        }
    }

    private static void SetCode(JsonHead head, WhiskerHead before, WhiskerHead wanted)
    {
        if (!before.Stylesheets.SequenceEqual(wanted.Stylesheets))
        {
            head.Set("stylesheets", JsonBuild.Array(wanted.Stylesheets));
        }

        if (!before.Scripts.SequenceEqual(wanted.Scripts))
        {
            head.Set("scripts", JsonBuild.Array(wanted.Scripts));
            head.SetInside("settings", "scriptingLanguage", JsonStrings.Quote("javascript"));
        }

        if (before.Carrier.Write() != wanted.Carrier.Write())
        {
            head.Set(JsonCarrier.Key, wanted.Carrier.Write());
        }
    }

    // 'metadata' and 'settings' hold what is no field beside what is.
    private static void SetFields(JsonHead head, WhiskerHead before, WhiskerHead wanted)
    {
        foreach (var name in before.Fields.Concat(wanted.Fields).Select(field => field.Name).Distinct())
        {
            var old = before.Fields.FirstOrDefault(field => field.Name == name);
            var now = wanted.Fields.FirstOrDefault(field => field.Name == name);
            if (old == now)
            {
                continue;
            }

            if (name is not ("metadata" or "settings"))
            {
                head.Set(name, now is null ? null : JsonBuild.Value(now));
                continue;
            }

            var from = Inside(old);
            var to = Inside(now);
            foreach (var gone in from.Where(field => to.TrueForAll(other => other.Name != field.Name)))
            {
                head.SetInside(name, gone.Name, null);
            }

            foreach (var changed in to.Except(from))
            {
                head.SetInside(name, changed.Name, JsonBuild.Value(changed));
            }
        }

        static List<StoryField> Inside(StoryField? field) =>
            field is null ? [] : JsonScan.Fields(field.Value, 0, out _);
    }
}
