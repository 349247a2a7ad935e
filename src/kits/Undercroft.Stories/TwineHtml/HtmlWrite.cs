using System.Globalization;
using System.Text;

namespace Undercroft.Stories;

/// <summary>One writing of one story as a <c>tw-storydata</c> element.</summary>
internal sealed class HtmlWrite
{
    private static readonly string[] NamedColors = ["gray", "red", "orange", "yellow", "green", "blue", "purple"];

    private readonly Story story;
    private readonly ReportBuilder report;
    private readonly StringBuilder output;
    private readonly StoryOrigin? origin;
    private readonly string[] pids;
    private readonly bool keepsColors;
    private readonly HtmlStartTags startTags;
    private bool wroteColors;
    private int scripts;
    private int stylesheets;

    public HtmlWrite(Story story, ReportBuilder report, StringBuilder output)
    {
        this.story = story;
        this.report = report;
        this.output = output;
        origin = story.Origin?.Format == StoryFormats.TwineHtml ? story.Origin : null;
        pids = HtmlPids.Of(story);
        startTags = new HtmlStartTags(report, output);
        keepsColors = origin is not null && story.TagColors.SequenceEqual(
            origin.Parts.Where(part => part.Role == SourcePartRole.TagColor).Select(ColorOf));
    }

    public void Write(bool isLast)
    {
        _ = output.Append(origin?.Before);
        WriteOpening();
        if (origin is null)
        {
            WriteNew();
        }
        else
        {
            WriteKept(origin, isLast);
        }

        _ = output.Append(origin?.Closing ?? "</tw-storydata>\n").Append(origin?.After);
        ReportStory();
    }

    private void WriteOpening()
    {
        var tags = HtmlTags.Writable(story.Tags, report, "/tags", node: null);
        var fields = WritableFields.Clean(story.Fields, _ => false, report, "/fields", node: null);
        var head = HtmlStoryHead.Of(story, Start(), tags, fields);
        var opening = origin?.Opening ?? "";
        var tag = HtmlTag.Parse(opening.Length > 0 ? opening : "<>");
        if (opening.Length > 0 && HtmlStoryHead.Parse(tag).Says(head) && (tag.IsClosed || story.Passages.Count == 0))
        {
            _ = output.Append(opening);
            return;
        }

        startTags.WriteStory(head, story.Extensions);
        _ = output.Append(origin is null ? "\n" : opening[tag.End..]);
    }

    private string? Start()
    {
        for (var i = 0; i < pids.Length; i++)
        {
            if (story.Passages[i].Id == story.StartId && pids[i].Length > 0)
            {
                return pids[i];
            }
        }

        if (story.StartId is not null || (story.StartUnresolved is not null && origin is null))
        {
            report.Add(ConversionRules.HtmlStartLost, "/startId", before: story.StartUnresolved ?? story.StartId);
            return null;
        }

        if (origin is not null || story.FindStart() is not { } start)
        {
            return story.StartUnresolved;
        }

        report.Add(ConversionRules.HtmlStart, "/startId", start.Name);
        return pids[story.Passages.TakeWhile(passage => !ReferenceEquals(passage, start)).Count()];
    }

    private void WriteNew()
    {
        WriteCode(PassageKind.Stylesheet);
        WriteCode(PassageKind.Script);
        WriteColors();
        for (var i = 0; i < pids.Length; i++)
        {
            if (story.Passages[i].Kind == PassageKind.Passage)
            {
                WritePassage(i, mayStayOpen: false);
            }
        }

        var kinds = story.Passages.Select(passage => passage.Kind).ToArray();
        if (!kinds.SequenceEqual(kinds.OrderDescending()))
        {
            report.Add(ConversionRules.HtmlOrder, "/passages");
        }
    }

    private void WriteCode(PassageKind kind)
    {
        var count = 0;
        for (var i = 0; i < pids.Length; i++)
        {
            if (story.Passages[i].Kind == kind)
            {
                WritePassage(i, mayStayOpen: false);
                count++;
            }
        }

        if (count == 0)
        {
            // Twine always writes both elements, and some formats count on them.
            _ = output.Append(HtmlCode.Opening(kind)).Append('>').Append(HtmlCode.EndTag(kind)).Append('\n');
        }
        else if (count > 1)
        {
            report.Add(ConversionRules.HtmlScripts, "/passages");
        }
    }

    private void WriteKept(StoryOrigin kept, bool isLast)
    {
        var part = 0;
        for (var i = 0; i < pids.Length; i++)
        {
            WriteParts(kept, ref part, i);
            if (story.Passages[i].Kind == PassageKind.Passage)
            {
                WriteColors();
            }

            var nextIsPart = part < kept.Parts.Count && kept.Parts[part].At <= i + 1;
            var isEnd = i + 1 == pids.Length
                ? isLast || kept.Closing.Length > 0
                : story.Passages[i].Kind == PassageKind.Passage && story.Passages[i + 1].Kind == PassageKind.Passage;
            WritePassage(i, mayStayOpen: isEnd && !nextIsPart);
        }

        WriteParts(kept, ref part, int.MaxValue);
        WriteColors();
    }

    private void WriteParts(StoryOrigin kept, ref int next, int before)
    {
        for (; next < kept.Parts.Count && kept.Parts[next].At <= before; next++)
        {
            var part = kept.Parts[next];
            if (part.Role == SourcePartRole.TagColor && !keepsColors)
            {
                WriteColors();
                continue;
            }

            _ = output.Append(part.Header).Append(part.Body).Append(part.After);
        }
    }

    private void WriteColors()
    {
        if (wroteColors || keepsColors)
        {
            return;
        }

        wroteColors = true;
        foreach (var color in story.TagColors)
        {
            _ = output.Append("<tw-tag");
            HtmlEntities.AppendAttribute(output, "name", color.Tag);
            HtmlEntities.AppendAttribute(output, "color", color.Color);
            _ = output.Append("></tw-tag>\n");
        }
    }

    private void WritePassage(int index, bool mayStayOpen)
    {
        var passage = story.Passages[index];
        var pointer = new ElementPointer("passages", index);
        var findings = report.Findings;
        var source = passage.Source?.Format == StoryFormats.TwineHtml ? passage.Source : null;
        var number = passage.Kind switch
        {
            PassageKind.Script => ++scripts,
            PassageKind.Stylesheet => ++stylesheets,
            _ => 0,
        };
        var tags = number > 0
            ? passage.Tags
            : HtmlTags.Writable(passage.Tags, report, pointer.To("tags"), passage.Name);
        var untouched = source is not null && Says(source.Header, passage, pids[index], tags, number, mayStayOpen);
        if (untouched)
        {
            _ = output.Append(source!.Header);
        }
        else if (number > 0)
        {
            startTags.WriteCode(passage, number, pointer);
        }
        else
        {
            startTags.WritePassage(passage, pids[index], tags, pointer);
        }

        untouched &= WriteBody(passage, source, pointer);
        WriteAfter(passage, source, mayStayOpen);
        report.Count(
            untouched && findings == report.Findings ? ConversionOutcome.Preserved : ConversionOutcome.Regenerated);
    }

    private bool WriteBody(Passage passage, PassageSource? source, ElementPointer pointer)
    {
        if (passage.Kind != PassageKind.Passage)
        {
            var code = HtmlCode.Writable(passage);
            _ = output.Append(code);
            if (code != passage.Body)
            {
                report.Add(ConversionRules.HtmlScriptClose, pointer.To("body"), passage.Name, passage.Source?.Line);
            }

            return true;
        }

        if (source?.Body is { } raw)
        {
            if (HtmlEntities.Decode(raw, out _, out _) == passage.Body)
            {
                _ = output.Append(raw);
                return true;
            }

            HtmlEntities.AppendText(output, passage.Body);
            return false;
        }

        HtmlEntities.AppendText(output, passage.Body);
        return true;
    }

    private void WriteAfter(Passage passage, PassageSource? source, bool mayStayOpen)
    {
        var endTag = passage.Kind == PassageKind.Passage ? "</tw-passagedata>" : HtmlCode.EndTag(passage.Kind);
        if (source is null)
        {
            _ = output.Append(endTag).Append('\n');
            return;
        }

        var isClosed = HtmlTag.IsAt(source.After, endTag.AsSpan(0, endTag.Length - 1));
        _ = isClosed || mayStayOpen ? output : output.Append(endTag);
        _ = output.Append(source.After);
    }

    private void ReportStory()
    {
        foreach (var color in story.TagColors.Where(color => !NamedColors.Contains(color.Color)))
        {
            report.Add(ConversionRules.HtmlColor, "/tagColors", color.Tag, before: color.Color);
        }

        if (origin is null)
        {
            report.Add(ConversionRules.HtmlNoEngine);
        }

        if (story.Origin is not { Format: StoryFormats.Twee3 } twee)
        {
            return;
        }

        if (!string.IsNullOrWhiteSpace(twee.Opening))
        {
            report.Add(ConversionRules.HtmlPreamble, before: twee.Opening.Trim());
        }

        foreach (var part in twee.Parts.Where(part => part.Role == SourcePartRole.Opaque))
        {
            report.Add(ConversionRules.HtmlPreamble, before: part.Header + part.Body);
        }
    }

    private static bool Says(
        string header, Passage passage, string pid, IReadOnlyList<string> tags, int number, bool mayStayOpen)
    {
        var tag = HtmlTag.Parse(header);
        if (!tag.IsClosed && !(mayStayOpen && passage.Body.Length == 0))
        {
            return false;
        }

        if (number > 0)
        {
            return HtmlTag.IsAt(header, HtmlCode.Element(passage.Kind))
                && HtmlHead.OfCode(tag, passage.Kind, number).Says(passage, tags);
        }

        var head = HtmlHead.OfPassage(tag);
        return HtmlTag.IsAt(header, "<" + HtmlScanner.Passage) && (head.Pid ?? "") == pid && head.Says(passage, tags);
    }

    private static TagColor ColorOf(SourcePart part)
    {
        var tag = HtmlTag.Parse(part.Header);
        return new TagColor(tag["name"] ?? "", tag["color"] ?? "");
    }
}
