using System.Text;

namespace Undercroft.Stories;

/// <summary>One writing of one story as Twine JSON.</summary>
internal sealed class TwineJsonWrite
{
    private readonly Story story;
    private readonly ReportBuilder report;
    private readonly StoryOrigin? origin;
    private readonly string newline;
    private readonly int style;
    private readonly int script;

    // Whether the file has an object of passages, by names, and no list.
    private readonly bool isMap;

    public TwineJsonWrite(Story story, ReportBuilder report)
    {
        this.story = story;
        this.report = report;
        origin = story.Origin?.Format == StoryFormats.TwineJson ? story.Origin : null;
        newline = origin?.Newline ?? "\n";
        isMap = origin is not null && JsonFile.ListOf(origin.Opening + origin.Closing, JsonScan.Root(origin.Opening))
            is { } passages && (origin.Opening + origin.Closing)[passages.ValueStart] == '{';
        style = FirstOf(PassageKind.Stylesheet);
        script = FirstOf(PassageKind.Script);
    }

    /// <summary>Returns the file's text.</summary>
    public string Write()
    {
        var head = MakeHead();
        var assembly = new JsonAssembly(newline);
        var part = 0;
        for (var i = 0; i < story.Passages.Count; i++)
        {
            assembly.AddParts(origin?.Parts ?? [], ref part, i);
            if (i != style && i != script)
            {
                AddPassage(assembly, i);
            }
        }

        assembly.AddParts(origin?.Parts ?? [], ref part, int.MaxValue);
        SourceRemains.Report(story, StoryFormats.TwineJson, report);
        return assembly.Build(head.Text, head.Closing);
    }

    // A passage that stands in the file's list stays there.
    private int FirstOf(PassageKind kind)
    {
        for (var i = 0; i < story.Passages.Count; i++)
        {
            if (story.Passages[i] is { Body.Length: > 0 } passage && passage.Kind == kind
                && passage.Source is not { Format: StoryFormats.TwineJson, Header.Length: > 0 })
            {
                return i;
            }
        }

        return -1;
    }

    private JsonHead MakeHead()
    {
        if (story.TagColors.DistinctBy(color => color.Tag).Count() != story.TagColors.Count)
        {
            report.Add(ConversionRules.FieldDuplicate, "/tagColors");
        }

        foreach (var extension in story.Extensions)
        {
            report.Add(ConversionRules.Extension, "/extensions", before: extension.Value);
        }

        var head = origin is null ? null : new JsonHead(origin.Opening, origin.Closing);
        var before = head is null ? null : TwineJsonHead.Parse(head.Text);

        // What the file says already stays, whatever its name.
        var fields = Clean(story.Fields, before?.Data.Fields ?? []);
        var (start, carrier) = (Start(), MakeCarrier());
        var wanted = Wanted(fields);
        if (head is not null && before is not null)
        {
            if (!before.Says(wanted))
            {
                Edit(head, before, wanted);
            }

            if (story.Passages.Where((_, index) => index != style && index != script).Any())
            {
                head.NeedList();
            }

            if (TwineJsonHead.Parse(head.Text).Says(wanted))
            {
                return head;
            }
        }

        wanted = Wanted(Clean(fields, []));
        if (wanted.Data.Tags.Count > 0 || wanted.Data["options"] is not null)
        {
            report.Add(JsonRules.Extras, "/tags");
        }

        var output = new StringBuilder();
        var members = wanted.Members().Append(new StoryField("passages", isMap ? "{}" : "[]", IsJson: true));
        JsonLayout.AppendIndented(output, JsonBuild.Object(members), level: 0);
        var text = output.Append('\n').Replace("\n", newline).ToString();
        var list = JsonFile.ListOf(text, 0)!.Value.ValueStart + 1;
        return new JsonHead(text[..list], text[list..]);

        IReadOnlyList<StoryField> Clean(IReadOnlyList<StoryField> given, IReadOnlyList<StoryField> kept) =>
            WritableFields.Clean(
                given, field => !kept.Contains(field) && TwineJsonHead.IsReserved(field), report, "/fields",
                node: null);

        TwineJsonHead Wanted(IReadOnlyList<StoryField> clean) => TwineJsonHead.Of(
            story with { Fields = clean }, start, BodyOf(style), BodyOf(script), carrier);
    }

    private static void Edit(JsonHead head, TwineJsonHead before, TwineJsonHead wanted)
    {
        var old = before.Members();
        var now = wanted.Members();
        foreach (var gone in old.Where(field => now.TrueForAll(other => other.Name != field.Name)))
        {
            head.Set(before.Keys.GetValueOrDefault(gone.Name, gone.Name), null);
        }

        foreach (var changed in now.Except(old))
        {
            head.Set(before.Keys.GetValueOrDefault(changed.Name, changed.Name), JsonBuild.Value(changed));
        }
    }

    private JsonCarrier MakeCarrier() => JsonCarrier.Empty with
    {
        Code = CodePlaces.Describe(story, [.. new[] { style, script }.Where(index => index >= 0)], report),
    };

    private string BodyOf(int index) => index < 0 ? "" : story.Passages[index].Body;

    // What a reader would make of the name decides whether it can be written.
    private string? Start()
    {
        var start = story.StartId is null
            ? null
            : story.Passages.FirstOrDefault(passage => passage.Id == story.StartId);
        var text = start?.Name ?? story.StartUnresolved;
        if (origin is not null && TwineJsonHead.Parse(origin.Opening + origin.Closing).Data["start"] is { } kept
            && Resolve(kept) == start && (start is not null || kept == text))
        {
            return kept;
        }

        if (text is null ? story.StartId is not null : text.Length == 0 || Resolve(text) != start)
        {
            report.Add(JsonRules.Start, "/startId", start?.Name, before: text);
        }

        return text;
    }

    private Passage? Resolve(string start)
    {
        var named = story.Passages.FirstOrDefault(passage => passage.Name == start);
        return named ?? TwineJsonStart.ByNumber(start, Listed().ToArray());
    }

    private IEnumerable<(Passage Passage, string? Pid)> Listed() =>
        story.Passages.Where((_, index) => index != style && index != script)
            .Select(passage => (passage, passage.Fields.FirstOrDefault(field => field.Name == "pid")?.Value));

    private void AddPassage(JsonAssembly assembly, int index)
    {
        var passage = story.Passages[index];
        var pointer = new ElementPointer("passages", index);
        var findings = report.Findings;
        if (passage.Extensions.Count > 0)
        {
            report.Add(
                ConversionRules.Extension,
                pointer.To("extensions"),
                passage.Name,
                before: passage.Extensions.Values.First());
        }

        var tags = Tags(passage, pointer);
        var source = passage.Source is { Format: StoryFormats.TwineJson, Header.Length: > 0 } ? passage.Source : null;
        var before = source is null ? null : TwineJsonPassage.Parse(source.Header);
        var wanted = TwineJsonPassage.Of(passage, tags, Clean(passage.Fields, before?.Fields ?? []));
        if (before?.Says(wanted) == true)
        {
            assembly.Add(source!.Header, source.After);
            report.Count(
                findings == report.Findings ? ConversionOutcome.Preserved : ConversionOutcome.Regenerated);
            return;
        }

        var json = before is null ? "" : wanted.Edit(source!.Header, before);
        var isEdited = json.Length > 0 && TwineJsonPassage.Parse(json).Says(wanted);
        assembly.Add(
            isEdited ? json : New(TwineJsonPassage.Of(passage, tags, Clean(wanted.Fields, []))), source?.After);
        report.Count(ConversionOutcome.Regenerated);

        IReadOnlyList<StoryField> Clean(IReadOnlyList<StoryField> fields, IReadOnlyList<StoryField> kept) =>
            WritableFields.Clean(
                fields, field => !kept.Contains(field) && IsPlace(field), report, pointer.To("fields"), passage.Name);
    }

    private string New(TwineJsonPassage passage)
    {
        var output = new StringBuilder();
        var json = passage.Write();
        JsonLayout.AppendIndented(
            output, isMap ? $"{JsonStrings.Quote(passage.Name)}:{json}" : json, level: 2);
        return output.Replace("\n", newline).ToString();
    }

    private IReadOnlyList<string> Tags(Passage passage, ElementPointer pointer)
    {
        if (passage.Kind != PassageKind.Passage
            && passage.Source is not { Format: StoryFormats.TwineJson, Header.Length: > 0 })
        {
            report.Add(JsonRules.CodeTagged, pointer.To("kind"), passage.Name);
        }

        if (TweePassages.KindOf(passage.Tags) == passage.Kind)
        {
            return passage.Tags;
        }

        report.Add(
            JsonRules.Kind,
            pointer.To(passage.Kind == PassageKind.Passage ? "kind" : "tags"),
            passage.Name,
            before: JsonFields.WriteArray(passage.Tags));
        return passage.Kind == PassageKind.Passage ? passage.Tags : [TweePassages.TagOf(passage.Kind), .. passage.Tags];
    }

    private static bool IsPlace(StoryField field) => !field.IsJson && TweePassages.IsReserved(field.Name);
}
