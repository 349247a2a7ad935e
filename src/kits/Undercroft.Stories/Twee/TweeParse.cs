namespace Undercroft.Stories;

/// <summary>One reading of one Twee file, in a single pass.</summary>
internal sealed class TweeParse(SourceText source, string? fileName, ReportBuilder report)
{
    private readonly string text = source.Text;
    private readonly LineCounter lines = new(source.Text);
    private readonly List<Passage> passages = [];
    private readonly List<SourcePart> parts = [];
    private readonly StoryIds ids = new(16);
    private string title = "";
    private bool hasTitle;
    private TweeStoryData data = TweeStoryData.Empty;
    private bool hasData;
    private string? unreadableData;

    public Story Read(int first)
    {
        report.BeginStory();
        if (!text.AsSpan(0, first).IsWhiteSpace())
        {
            report.Add(ConversionRules.TweePreamble, line: 1, before: text[..first].Trim());
        }

        for (var at = first; at >= 0;)
        {
            var next = TweeReader.NextHeader(text, at + 2);
            ReadSection(at, next < 0 ? text.Length : next);
            at = next;
        }

        return Assemble(first);
    }

    private void ReadSection(int start, int end)
    {
        var line = lines.At(start);
        var section = text.AsSpan(start, end - start);
        var headerEnd = HeaderEnd(section);
        var header = TweeHeader.Parse(section[..headerEnd]);
        var content = section[headerEnd..];
        var contentEnd = TweeBody.ContentEnd(content);
        var after = Common(content[contentEnd..]);
        if (header.Name is "StoryTitle" or "StoryData"
            && TryReadSpecial(header, section[..headerEnd], content[..contentEnd], after, line))
        {
            return;
        }

        var pointer = new ElementPointer("passages", passages.Count);
        var findings = report.Findings;
        var metadata = ReadMetadata(header, pointer, line);
        var passage = new Passage
        {
            Id = ids.ForPassage(header.Name),
            Name = header.Name,
            Tags = header.Tags,
            Kind = TweePassages.KindOf(header.Tags),
            Body = ReadBody(header, content[..contentEnd], pointer, line),
            Position = metadata.Position,
            Size = metadata.Size,
            Fields = metadata.Fields,
            Extensions = metadata.Unreadable is null
                ? NoExtensions.Value
                : TweePassages.Unreadable(metadata.Unreadable),
            Source = new PassageSource
            {
                Format = StoryFormats.Twee3,
                Line = line,
                Header = section[..headerEnd].ToString(),
                After = after,
            },
        };
        ReportHeader(header, section[..headerEnd], pointer, line);
        passages.Add(passage);
        if (report.Findings == findings)
        {
            report.Count(ConversionOutcome.Preserved);
        }
    }

    private string ReadBody(TweeHeader header, ReadOnlySpan<char> content, ElementPointer pointer, int line)
    {
        var body = TweeBody.Decode(content, out var escaped);
        if (escaped)
        {
            report.Add(ConversionRules.TweeBodyColon, pointer.To("body"), header.Name, line);
        }

        return body;
    }

    private TweeMetadata ReadMetadata(TweeHeader header, ElementPointer pointer, int line)
    {
        var metadata = TweeMetadata.Parse(header.Metadata);
        if (metadata.Unreadable is not null)
        {
            report.Add(ConversionRules.TweeMetadata, pointer.To("extensions"), header.Name, line, metadata.Unreadable);
        }

        if (metadata.Repeated is not null)
        {
            report.Add(ConversionRules.FieldDuplicate, pointer.To("fields"), header.Name, line, metadata.Repeated);
        }

        return metadata;
    }

    private bool TryReadSpecial(
        TweeHeader header, ReadOnlySpan<char> rawHeader, ReadOnlySpan<char> content, string after, int line)
    {
        var isTitle = header.Name == "StoryTitle";
        var twice = isTitle ? hasTitle : hasData;
        parts.Add(new SourcePart
        {
            Role = twice ? SourcePartRole.Opaque : isTitle ? SourcePartRole.Title : SourcePartRole.Data,
            At = passages.Count,
            Header = rawHeader.ToString(),
            Body = content.ToString(),
            After = after,
        });
        if (twice)
        {
            report.Add(ConversionRules.TweeSpecialTwice, node: header.Name, line: line, before: content.ToString());
            return true;
        }

        if (header.Tags.Count > 0 || !header.Metadata.IsEmpty || !header.IsWellFormed)
        {
            var raw = rawHeader.TrimEnd().ToString();
            report.Add(ConversionRules.TweeSpecialHeader, node: header.Name, line: line, before: raw);
        }

        if (isTitle)
        {
            (title, hasTitle) = (TweeBody.Decode(content, out _).Trim(), true);
            return true;
        }

        hasData = true;
        ReadStoryData(content, line);
        return true;
    }

    private void ReadStoryData(ReadOnlySpan<char> content, int line)
    {
        if (TweeStoryData.Parse(content, out var repeated) is not { } parsed)
        {
            unreadableData = TweeBody.Decode(content, out _);
            report.Add(ConversionRules.TweeStoryData, "/extensions", "StoryData", line, unreadableData);
            return;
        }

        data = parsed;
        if (repeated is not null)
        {
            report.Add(ConversionRules.FieldDuplicate, "/fields", "StoryData", line, repeated);
        }
    }

    private void ReportHeader(TweeHeader header, ReadOnlySpan<char> raw, ElementPointer pointer, int line)
    {
        if (!header.IsWellFormed)
        {
            report.Add(ConversionRules.TweeHeader, pointer.To("source"), header.Name, line, raw.TrimEnd().ToString());
        }

        if (passages.Count > 0 && passages[^1].Kind != PassageKind.Passage && TweePassages.LooksLikeCode(raw))
        {
            report.Add(ConversionRules.TweeCssSplit, pointer.To("name"), header.Name, line, raw.TrimEnd().ToString());
        }
    }

    private Story Assemble(int first)
    {
        var ifid = data["ifid"] is { } raw ? new Ifid(raw) : null;
        var startName = data["start"];
        var start = startName is null ? null : passages.Find(passage => passage.Name == startName);
        var story = new Story
        {
            Id = StoryIds.ForStory(ifid, title.Length > 0 ? title : fileName ?? ""),
            Name = title,
            Ifid = ifid,
            Format = data["format"],
            FormatVersion = data["format-version"],
            StartId = start?.Id,
            StartUnresolved = start is null ? startName : null,
            Tags = data.Tags,
            TagColors = data.TagColors,
            Zoom = data.Zoom,
            Options = data["options"],
            Creator = data["creator"],
            CreatorVersion = data["creator-version"],
            Fields = data.Fields,
            Passages = passages,
            Extensions = unreadableData is null ? NoExtensions.Value : TweePassages.Unreadable(unreadableData),
            Origin = source.OriginAs(StoryFormats.Twee3, fileName) with
            {
                Opening = text[..first],
                Parts = parts,
            },
        };
        return StoryChecks.Finish(story, report);
    }

    private static int HeaderEnd(ReadOnlySpan<char> section)
    {
        var end = section.IndexOfAny('\r', '\n');
        return end < 0 ? section.Length : end + (section[end..].StartsWith("\r\n") ? 2 : 1);
    }

    // Thousands of passages end alike; they share one string.
    private static string Common(ReadOnlySpan<char> after) => after switch
    {
        "\n\n" => "\n\n",
        "\n" => "\n",
        "\r\n\r\n" => "\r\n\r\n",
        _ => after.ToString(),
    };
}
