namespace Undercroft.Stories;

/// <summary>One reading of one whisker file.</summary>
internal sealed class WhiskerParse(SourceText source, string? fileName, ReportBuilder report)
{
    private readonly LineCounter lines = new(source.Text);
    private readonly List<Passage> ordinary = [];
    private readonly List<SourcePart> parts = [];
    private readonly List<Passage> code = [];
    private readonly List<CodeEntry> codeEntries = [];
    private readonly HashSet<string> idsSeen = new(StringComparer.Ordinal);
    private readonly StoryIds ids = new(16);

    public Story Read()
    {
        report.BeginStory();
        var file = JsonFile.Split(source.Text, "whisker JSON", fileName);
        var head = WhiskerHead.Parse(file.Opening + file.Closing);
        if (head.Repeated is not null)
        {
            report.Add(ConversionRules.FieldDuplicate, "/fields", line: 1, before: head.Repeated);
        }

        if (head.Fields.FirstOrDefault(field => field.Name == JsonCarrier.Key) is { } bad)
        {
            report.Add(JsonRules.Carrier, "/fields", line: 1, before: bad.Value);
        }

        ReadCode(head);
        foreach (var entry in file.Entries)
        {
            ReadEntry(entry);
        }

        var (passages, places) = CodePlaces.Merge(code, codeEntries, ordinary);
        passages = passages.ConvertAll(passage =>
            passage.Id.Length > 0 ? passage : passage with { Id = ids.ForPassage(passage.Name) });
        return Assemble(file, head, passages, places);
    }

    private void ReadCode(WhiskerHead head)
    {
        var entries = head.Carrier.Code;
        var texts = head.Stylesheets.Select(text => (PassageKind.Stylesheet, text))
            .Concat(head.Scripts.Select(text => (PassageKind.Script, text)))
            .ToArray();
        var own = entries.Where(entry => entry.Kind is null).ToArray();
        var counts = new int[3];
        for (var i = 0; i < texts.Length; i++)
        {
            Add(texts[i].Item1, texts[i].text, i < own.Length ? own[i] : CodeEntry.None);
        }

        foreach (var entry in entries.Where(entry => entry.Kind is not null))
        {
            Add(entry.Kind!.Value, entry.Body!, entry);
        }

        void Add(PassageKind kind, string body, CodeEntry entry)
        {
            var from = new PassageSource { Format = StoryFormats.Whisker, Line = 1 };
            code.Add(CodePlaces.Read(kind, ++counts[(int)kind], body, entry, from));
            codeEntries.Add(entry);
        }
    }

    private void ReadEntry(JsonEntry entry)
    {
        var line = lines.At(entry.Start);
        if (!EntryText.IsObject(entry.Raw))
        {
            parts.Add(new SourcePart { At = ordinary.Count, Header = entry.Raw, After = entry.After });
            report.Add(JsonRules.Opaque, line: line, before: entry.Raw);
            return;
        }

        var findings = report.Findings;
        var parsed = WhiskerPassage.Parse(entry.Raw);
        Report(parsed, new ElementPointer("passages", code.Count + ordinary.Count), line);
        ordinary.Add(new Passage
        {
            Id = ids.ForPassage(parsed.Id ?? parsed.Name),
            Name = parsed.Name,
            Tags = parsed.Tags,
            Body = parsed.Body,
            Position = parsed.Position,
            Size = parsed.Size,
            Fields = parsed.Fields,
            Source = new PassageSource
            {
                Format = StoryFormats.Whisker, Line = line, Header = entry.Raw, After = entry.After,
            },
        });
        if (report.Findings == findings)
        {
            report.Count(ConversionOutcome.Preserved);
        }
    }

    private void Report(WhiskerPassage parsed, ElementPointer pointer, int line)
    {
        if (parsed.Repeated is not null)
        {
            report.Add(ConversionRules.FieldDuplicate, pointer.To("fields"), parsed.Name, line, parsed.Repeated);
        }

        if (parsed.HasTwoTexts)
        {
            report.Add(WhiskerRules.Text, pointer.To("fields"), parsed.Name, line);
        }

        if (parsed.Id is { } id && !idsSeen.Add(id))
        {
            report.Add(WhiskerRules.IdDuplicate, pointer.To("fields"), parsed.Name, line, id);
        }
    }

    private Story Assemble(JsonFile file, WhiskerHead head, List<Passage> passages, int[] places)
    {
        var ifid = head.Ifid is null ? null : new Ifid(head.Ifid);
        var start = head.Start is null ? null : WhiskerTargets.Find(passages, head.Start);
        var data = head.Carrier.Story;
        var story = new Story
        {
            Id = StoryIds.ForStory(ifid, head.Name.Length > 0 ? head.Name : fileName ?? ""),
            Name = head.Name,
            Ifid = ifid,
            Format = data["format"],
            FormatVersion = data["format-version"],
            StartId = start?.Id,
            StartUnresolved = start is null ? head.Start : null,
            Tags = head.Tags,
            TagColors = data.TagColors,
            Zoom = data.Zoom,
            Options = data["options"],
            Creator = data["creator"],
            CreatorVersion = data["creator-version"],
            Fields = head.Fields,
            Passages = passages,
            Origin = source.OriginAs(StoryFormats.Whisker, fileName) with
            {
                Opening = file.Opening,
                Parts = parts.ConvertAll(part =>
                    part with { At = part.At < places.Length ? places[part.At] : passages.Count }),
                Closing = file.Closing,
            },
        };
        return StoryChecks.Finish(story, report);
    }
}
