using System.Text;

namespace Undercroft.Stories;

/// <summary>One writing of one story as Twee.</summary>
internal sealed class TweeWrite
{
    private readonly Story story;
    private readonly ReportBuilder report;
    private readonly StoryOrigin? origin;
    private readonly string newline;
    private readonly string[] names;
    private readonly StringBuilder output = new();
    private readonly TweeHeaders headers;

    public TweeWrite(Story story, ReportBuilder report)
    {
        this.story = story;
        this.report = report;
        origin = story.Origin?.Format == StoryFormats.Twee3 ? story.Origin : null;
        newline = story.Origin?.Newline ?? "\n";
        names = new string[story.Passages.Count];
        headers = new TweeHeaders(report, output);
    }

    /// <summary>Returns the file's text.</summary>
    public string Write()
    {
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = headers.WritableName(story.Passages[i].Name, i);
        }

        var data = Data();
        _ = output.Append(origin?.Opening);
        WriteMissingSpecials(data);
        var part = 0;
        for (var i = 0; i < names.Length; i++)
        {
            WriteParts(ref part, i, data);
            WritePassage(i);
        }

        WriteParts(ref part, int.MaxValue, data);
        if (output.Length == (origin?.Opening.Length ?? 0))
        {
            // A story that says nothing is still a Twee file that reads back.
            WriteSpecial(":: StoryTitle", "");
        }

        ReportSource();
        return output.ToString();
    }

    private TweeStoryData Data()
    {
        var fields = WritableFields.Clean(
            story.Fields, IsReserved, report, "/fields", node: null);
        if (story.TagColors.DistinctBy(color => color.Tag).Count() != story.TagColors.Count)
        {
            report.Add(ConversionRules.FieldDuplicate, "/tagColors");
        }

        return TweeStoryData.Of(story with { Fields = fields }, Start());
    }

    private string? Start()
    {
        var index = story.StartId is null ? -1 : Enumerable.Range(0, names.Length).FirstOrDefault(
            i => story.Passages[i].Id == story.StartId, -1);
        var name = index < 0 ? story.StartUnresolved : names[index];
        var mayTurnInto = name?.Contains('\uFFFD', StringComparison.Ordinal) == true && names.Any(Surrogates.HasLone);
        if (name is null
            ? story.StartId is not null
            : name.Length == 0 || Array.IndexOf(names, name) != index || mayTurnInto)
        {
            report.Add(ConversionRules.TweeStart, "/startId", name, before: name);
        }

        return name;
    }

    private void WriteMissingSpecials(TweeStoryData data)
    {
        if (story.Name.Length > 0 && !HasPart(SourcePartRole.Title))
        {
            WriteSpecial(":: StoryTitle", Title());
        }

        if (HasPart(SourcePartRole.Data))
        {
            return;
        }

        var unreadable = story.Extensions.GetValueOrDefault(StoryFormats.Twee3);
        if (!data.IsEmpty)
        {
            WriteSpecial(":: StoryData", Lines(data.Write()));
            ReportNewData(data, unreadable);
        }
        else if (unreadable is not null)
        {
            if (TweeStoryData.Parse(unreadable, out _) is null && TweeBody.ContentEnd(unreadable) == unreadable.Length)
            {
                WriteSpecial(":: StoryData", unreadable);
            }
            else
            {
                report.Add(ConversionRules.Extension, "/extensions", before: unreadable);
            }
        }
    }

    private void WriteSpecial(string header, string body)
    {
        StartLine();
        _ = output.Append(header).Append(newline);
        _ = TweeBody.Encode(body, output);
        _ = output.Append(newline).Append(newline);
    }

    private void WriteParts(ref int next, int before, TweeStoryData data)
    {
        for (; next < (origin?.Parts.Count ?? 0) && origin!.Parts[next].At <= before; next++)
        {
            var part = origin.Parts[next];
            StartLine();
            _ = output.Append(part.Header);
            switch (part.Role)
            {
                case SourcePartRole.Title when TweeBody.Decode(part.Body, out _).Trim() != story.Name:
                    EndHeader(part.Header, Title());
                    _ = TweeBody.Encode(Title(), output);
                    break;
                case SourcePartRole.Data when !Says(part.Body, data):
                    EndHeader(part.Header, "{");
                    _ = output.Append(Lines(data.Write()));
                    ReportNewData(data, TweeStoryData.Parse(part.Body, out _) is null ? part.Body : null);
                    break;
                default:
                    _ = output.Append(part.Body);
                    break;
            }

            _ = output.Append(part.After);
        }
    }

    private void WritePassage(int index)
    {
        var passage = story.Passages[index];
        var source = passage.Source?.Format == StoryFormats.Twee3 ? passage.Source : null;
        var pointer = new ElementPointer("passages", index);
        var findings = report.Findings;
        var tags = headers.WritableTags(passage, pointer);
        StartLine();
        var untouched = source is not null && TweeHeaders.Says(source.Header, passage, names[index], tags);
        if (untouched)
        {
            WriteHeader(source!.Header, passage.Body);
        }
        else
        {
            headers.Write(passage, names[index], tags, pointer);
            _ = output.Append(newline);
        }

        foreach (var other in passage.Extensions.Where(extension => extension.Key != StoryFormats.Twee3))
        {
            report.Add(ConversionRules.Extension, pointer.To("extensions"), passage.Name, before: other.Value);
        }

        ReportBody(passage, TweeBody.Encode(passage.Body, output), pointer);
        WriteAfter(source?.After ?? NewAfter(passage.Body, index == names.Length - 1), passage.Body);
        report.Count(
            untouched && findings == report.Findings ? ConversionOutcome.Preserved : ConversionOutcome.Regenerated);
    }

    private void WriteHeader(string header, string body)
    {
        if (header.EndsWith('\r') && body.StartsWith('\n'))
        {
            // A lone CR would swallow the body's first line end.
            _ = output.Append(header.AsSpan(0, header.Length - 1)).Append('\n');
            return;
        }

        _ = output.Append(header);
        EndHeader(header, body);
    }

    private void EndHeader(string header, string body)
    {
        if (body.Length > 0 && header[^1] is not ('\r' or '\n'))
        {
            _ = output.Append(newline);
        }
    }

    private void WriteAfter(string after, string body)
    {
        // What followed an empty body may begin with spaces: they must not become part of a line that now has text.
        if (body.Length > 0 && after.Length > 0 && after[0] is not ('\r' or '\n'))
        {
            _ = output.Append(newline);
        }

        _ = output.Append(after);
    }

    private string NewAfter(string body, bool isLast) =>
        isLast ? (body.Length == 0 ? "" : newline) : body.Length == 0 ? newline : newline + newline;

    private void StartLine()
    {
        if (output.Length > 0 && output[^1] is not ('\r' or '\n'))
        {
            _ = output.Append(newline).Append(newline);
        }
    }

    private string Lines(string json) => newline == "\n" ? json : json.Replace("\n", newline, StringComparison.Ordinal);

    private bool HasPart(SourcePartRole role) => origin is not null && origin.Parts.Any(part => part.Role == role);

    private string Title()
    {
        var title = story.Name.Trim();
        if (title != story.Name)
        {
            report.Add(ConversionRules.TweeTitle, "/name", before: story.Name, after: title);
        }

        return title;
    }

    private void ReportBody(Passage passage, bool escaped, ElementPointer pointer)
    {
        var line = passage.Source?.Line;
        if (TweeBody.ContentEnd(passage.Body) != passage.Body.Length)
        {
            report.Add(ConversionRules.TweeTrim, pointer.To("body"), passage.Name, line);
        }

        if (escaped)
        {
            report.Add(ConversionRules.TweeBodyColon, pointer.To("body"), passage.Name, line);
        }

        if (passage.Source?.Format == StoryFormats.Twee3)
        {
            return;
        }

        if (TweeBody.HasOuterSpace(passage.Body))
        {
            report.Add(ConversionRules.TweeOuterSpace, pointer.To("body"), passage.Name, line);
        }

        if (TweeBody.HasBackslashColon(passage.Body))
        {
            report.Add(ConversionRules.TweeBodyBackslash, pointer.To("body"), passage.Name, line);
        }
    }

    private void ReportNewData(TweeStoryData data, string? unreadable)
    {
        if (data.HasExtras)
        {
            report.Add(ConversionRules.TweeExtras, "/tags");
        }

        if (unreadable is not null)
        {
            report.Add(ConversionRules.TweeStoryDataReplaced, "/extensions", before: unreadable);
        }
    }

    private void ReportSource()
    {
        foreach (var extension in story.Extensions.Where(extension => extension.Key != StoryFormats.Twee3))
        {
            report.Add(ConversionRules.Extension, "/extensions", before: extension.Value);
        }

        if (story.Origin is not { Format: StoryFormats.TwineHtml } page)
        {
            return;
        }

        if (!string.IsNullOrWhiteSpace(page.Before) || !string.IsNullOrWhiteSpace(page.After))
        {
            report.Add(ConversionRules.TweePage);
        }

        foreach (var gap in HtmlGaps.Find(story))
        {
            report.Add(ConversionRules.TweeOpaque, before: gap);
        }
    }

    private static bool Says(string part, TweeStoryData data) =>
        (TweeStoryData.Parse(part, out _) ?? TweeStoryData.Empty).Says(data);

    private static bool IsReserved(StoryField field) => !field.IsJson && TweeStoryData.IsReserved(field.Name);
}
