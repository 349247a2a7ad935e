namespace Undercroft.Stories;

/// <summary>One reading of one Twine JSON file.</summary>
internal sealed class TwineJsonParse(SourceText source, string? fileName, ReportBuilder report)
{
    private readonly LineCounter lines = new(source.Text);
    private readonly List<Passage> ordinary = [];
    private readonly List<string?> pids = [];
    private readonly List<SourcePart> parts = [];
    private readonly List<Passage> code = [];
    private readonly StoryIds ids = new(16);

    public Story Read()
    {
        report.BeginStory();
        var file = JsonFile.Split(source.Text, "Twine JSON", fileName);
        var head = TwineJsonHead.Parse(file.Opening + file.Closing);
        ReportHead(head);
        ReadCode(PassageKind.Stylesheet, head.Style, head);
        ReadCode(PassageKind.Script, head.Script, head);
        foreach (var entry in file.Entries)
        {
            ReadEntry(entry, code.Count);
        }

        var (passages, places) = CodePlaces.Merge(code, head.Carrier.Code, ordinary);
        passages = passages.ConvertAll(passage =>
            passage.Id.Length > 0 ? passage : passage with { Id = ids.ForPassage(passage.Name) });
        return Assemble(file, head, passages, places);
    }

    private void ReportHead(TwineJsonHead head)
    {
        foreach (var (key, alias) in head.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            report.Add(JsonRules.Key, "/fields", line: 1, before: alias, after: key);
        }

        if (head.Repeated is not null)
        {
            report.Add(ConversionRules.FieldDuplicate, "/fields", line: 1, before: head.Repeated);
        }

        if (head.Data.Fields.FirstOrDefault(field => field.Name == JsonCarrier.Key) is { } bad)
        {
            report.Add(JsonRules.Carrier, "/fields", line: 1, before: bad.Value);
        }
    }

    private void ReadCode(PassageKind kind, string body, TwineJsonHead head)
    {
        if (body.Length == 0)
        {
            return;
        }

        var entry = code.Count < head.Carrier.Code.Count ? head.Carrier.Code[code.Count] : CodeEntry.None;
        var from = new PassageSource { Format = StoryFormats.TwineJson, Line = 1 };
        code.Add(CodePlaces.Read(kind, 1, body, entry, from));
    }

    private void ReadEntry(JsonEntry entry, int codeCount)
    {
        var line = lines.At(entry.Start);
        if (!EntryText.IsObject(entry.Raw))
        {
            parts.Add(new SourcePart { At = ordinary.Count, Header = entry.Raw, After = entry.After });
            report.Add(JsonRules.Opaque, line: line, before: entry.Raw);
            return;
        }

        var findings = report.Findings;
        var pointer = new ElementPointer("passages", codeCount + ordinary.Count);
        var parsed = TwineJsonPassage.Parse(entry.Raw);
        if (parsed.Repeated is not null)
        {
            report.Add(ConversionRules.FieldDuplicate, pointer.To("fields"), parsed.Name, line, parsed.Repeated);
        }

        ordinary.Add(new Passage
        {
            Id = ids.ForPassage(parsed.Name),
            Name = parsed.Name,
            Kind = TweePassages.KindOf(parsed.Tags),
            Tags = parsed.Tags,
            Body = parsed.Body,
            Position = parsed.Position,
            Size = parsed.Size,
            Fields = parsed.Fields,
            Source = new PassageSource
            {
                Format = StoryFormats.TwineJson, Line = line, Header = entry.Raw, After = entry.After,
            },
        });
        pids.Add(parsed.Pid);
        if (report.Findings == findings)
        {
            report.Count(ConversionOutcome.Preserved);
        }
    }

    private Story Assemble(JsonFile file, TwineJsonHead head, List<Passage> passages, int[] places)
    {
        var ifid = head.Data["ifid"] is { } raw ? new Ifid(raw) : null;
        var start = Start(passages, head.Data["start"]);
        var story = new Story
        {
            Id = StoryIds.ForStory(ifid, head.Name.Length > 0 ? head.Name : fileName ?? ""),
            Name = head.Name,
            Ifid = ifid,
            Format = head.Data["format"],
            FormatVersion = head.Data["format-version"],
            StartId = start?.Id,
            StartUnresolved = start is null ? head.Data["start"] : null,
            Tags = head.Data.Tags,
            TagColors = head.Data.TagColors,
            Zoom = head.Data.Zoom,
            Options = head.Data["options"],
            Creator = head.Data["creator"],
            CreatorVersion = head.Data["creator-version"],
            Fields = head.Data.Fields,
            Passages = passages,
            Origin = source.OriginAs(StoryFormats.TwineJson, fileName) with
            {
                Opening = file.Opening,
                Parts = parts.ConvertAll(part =>
                    part with { At = part.At < places.Length ? places[part.At] : passages.Count }),
                Closing = file.Closing,
            },
        };
        return StoryChecks.Finish(story, report);
    }

    // A name comes first.
    private Passage? Start(List<Passage> passages, string? start)
    {
        if (start is null)
        {
            return null;
        }

        if (passages.Find(passage => passage.Name == start) is { } named)
        {
            return named;
        }

        var found = TwineJsonStart.ByNumber(start, [.. ordinary.Zip(pids)]);
        if (found is not null)
        {
            report.Add(JsonRules.StartNumber, "/startId", found.Name, before: start);
        }

        return found;
    }
}
