namespace Undercroft.Stories;

/// <summary>Turns the elements of one story into passages and parts.</summary>
internal sealed class HtmlParts(string text, LineCounter lines, ReportBuilder report)
{
    private readonly List<Passage> passages = [];
    private readonly List<SourcePart> parts = [];
    private readonly List<TagColor> colors = [];
    private readonly Dictionary<string, string> idsByPid = new(StringComparer.Ordinal);
    private readonly StoryIds ids = new(16);
    private int scripts;
    private int stylesheets;

    public IReadOnlyList<Passage> Passages => passages;

    public IReadOnlyList<SourcePart> Parts => parts;

    public IReadOnlyList<TagColor> TagColors => colors;

    public string? IdOf(string pid) => idsByPid.GetValueOrDefault(pid);

    /// <summary>Reports what a tag says that the model cannot.</summary>
    public static void Check(HtmlTag tag, ReportBuilder report, string pointer, string? node, int line)
    {
        if (tag.Fault is not null)
        {
            report.Add(ConversionRules.HtmlAttribute, pointer, node, line, tag.Fault);
        }

        if (tag.IsBroken)
        {
            report.Add(ConversionRules.HtmlEntity, pointer, node, line);
        }

        if (HtmlRest.Of(tag, []).BadCarrier is { } bad)
        {
            report.Add(ConversionRules.HtmlCarrier, pointer, node, line, bad);
        }
    }

    /// <summary>Reads one element; what follows it up to <paramref name="next"/> stays with it.</summary>
    public void Read(HtmlElement element, int next)
    {
        var line = lines.At(element.Start);
        var findings = report.Findings;
        var pointer = new ElementPointer("passages", passages.Count);
        Check(element.Tag, report, pointer.ToString(), element.Tag["name"], line);
        if (!element.IsClosed && element.Name != HtmlScanner.Color)
        {
            report.Add(ConversionRules.HtmlUnclosed, pointer.ToString(), element.Tag["name"] ?? element.Name, line);
        }

        var isPassage = element.Name switch
        {
            HtmlScanner.Passage => ReadPassage(element, next, pointer, line),
            HtmlScanner.Script => ReadCode(element, next, PassageKind.Script, ref scripts, pointer, line),
            HtmlScanner.Style => ReadCode(element, next, PassageKind.Stylesheet, ref stylesheets, pointer, line),
            _ => ReadColor(element, next),
        };
        CheckGap(element.End, next);
        if (isPassage && report.Findings == findings)
        {
            report.Count(ConversionOutcome.Preserved);
        }
    }

    /// <summary>Reports content that belongs to no element.</summary>
    public void CheckGap(int start, int end)
    {
        var gap = text.AsSpan(start, end - start);
        if (!gap.IsWhiteSpace())
        {
            report.Add(ConversionRules.HtmlOpaque, line: lines.At(start), before: gap.Trim().ToString());
        }
    }

    private bool ReadPassage(HtmlElement element, int next, ElementPointer pointer, int line)
    {
        var head = HtmlHead.OfPassage(element.Tag);
        var raw = text.AsSpan(element.BodyStart, element.BodyEnd - element.BodyStart);
        var body = HtmlEntities.Decode(raw, out var canonical, out var broken);
        var id = ids.ForPassage(head.Name);
        passages.Add(new Passage
        {
            Id = id,
            Name = head.Name,
            Tags = head.Tags,
            Body = body,
            Position = head.Position,
            Size = head.Size,
            Fields = head.Fields,
            Extensions = head.Extensions,
            Source = Source(element, next, line, canonical ? null : raw.ToString()),
        });
        if (head.Pid is not null && !idsByPid.TryAdd(head.Pid, id))
        {
            report.Add(ConversionRules.HtmlPid, pointer.ToString(), head.Name, line, head.Pid);
        }

        if (broken)
        {
            report.Add(ConversionRules.HtmlEntity, pointer.To("body"), head.Name, line);
        }

        if (element.HasMarkup)
        {
            report.Add(ConversionRules.HtmlRawMarkup, pointer.To("body"), head.Name, line);
        }

        return true;
    }

    private bool ReadCode(
        HtmlElement element, int next, PassageKind kind, ref int count, ElementPointer pointer, int line)
    {
        var head = HtmlHead.OfCode(element.Tag, kind, count + 1);
        if (element.BodyStart == element.BodyEnd && !head.HasData)
        {
            AddPart(SourcePartRole.Empty, element, next);
            return false;
        }

        count++;
        passages.Add(new Passage
        {
            Id = ids.ForPassage(head.Name),
            Name = head.Name,
            Kind = kind,
            Tags = head.Tags,
            Body = text[element.BodyStart..element.BodyEnd],
            Position = head.Position,
            Size = head.Size,
            Fields = head.Fields,
            Extensions = head.Extensions,
            Source = Source(element, next, line, body: null),
        });
        if (head.IsNamedHere)
        {
            report.Add(ConversionRules.HtmlScriptNamed, pointer.To("name"), head.Name, line);
        }

        return true;
    }

    private bool ReadColor(HtmlElement element, int next)
    {
        colors.Add(new TagColor(element.Tag["name"] ?? "", element.Tag["color"] ?? ""));
        AddPart(SourcePartRole.TagColor, element, next);
        return false;
    }

    private void AddPart(SourcePartRole role, HtmlElement element, int next) => parts.Add(new SourcePart
    {
        Role = role,
        At = passages.Count,
        Header = text[element.Start..element.BodyStart],
        Body = text[element.BodyStart..element.BodyEnd],
        After = text[element.BodyEnd..next],
    });

    private PassageSource Source(HtmlElement element, int next, int line, string? body) => new()
    {
        Format = StoryFormats.TwineHtml,
        Line = line,
        Header = text[element.Start..element.BodyStart],
        Body = body,
        After = Common(text.AsSpan(element.BodyEnd, next - element.BodyEnd)),
    };

    // Thousands of passages end alike; they share one string.
    private static string Common(ReadOnlySpan<char> after) => after switch
    {
        "</tw-passagedata>" => "</tw-passagedata>",
        "</tw-passagedata>\n" => "</tw-passagedata>\n",
        _ => after.ToString(),
    };
}
