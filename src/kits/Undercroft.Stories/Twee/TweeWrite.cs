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

    public TweeWrite(Story story, ReportBuilder report)
    {
        this.story = story;
        this.report = report;
        origin = story.Origin?.Format == StoryFormats.Twee3 ? story.Origin : null;
        newline = story.Origin?.Newline ?? "\n";
        names = new string[story.Passages.Count];
    }

    /// <summary>Returns the file's text.</summary>
    public string Write()
    {
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = WritableName(i);
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
            story.Fields, field => TweeStoryData.IsReserved(field.Name) && !field.IsJson, report, "/fields", node: null);
        if (story.TagColors.Select(color => color.Tag).Distinct(StringComparer.Ordinal).Count() != story.TagColors.Count)
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
        if (name is null ? story.StartId is not null : name.Length == 0 || Array.IndexOf(names, name) != index)
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
        var tags = WritableTags(passage, pointer);
        StartLine();
        var untouched = source is not null && Says(source.Header, passage, names[index], tags);
        if (untouched)
        {
            WriteHeader(source!.Header, passage.Body);
        }
        else
        {
            WriteNewHeader(passage, names[index], tags, pointer);
        }

        foreach (var other in passage.Extensions.Where(extension => extension.Key != StoryFormats.Twee3))
        {
            report.Add(ConversionRules.Extension, pointer.To("extensions"), passage.Name, before: other.Value);
        }

        ReportBody(passage, TweeBody.Encode(passage.Body, output), pointer);
        WriteAfter(source?.After ?? NewAfter(passage.Body, index == names.Length - 1), passage.Body);
        report.Count(untouched && findings == report.Findings ? ConversionOutcome.Preserved : ConversionOutcome.Regenerated);
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

    private void WriteNewHeader(Passage passage, string name, IReadOnlyList<string> tags, ElementPointer pointer)
    {
        _ = output.Append(":: ");
        TweeHeader.AppendName(output, name);
        if (tags.Count > 0)
        {
            _ = output.Append(name.Length > 0 ? " [" : "[");
            for (var i = 0; i < tags.Count; i++)
            {
                _ = output.Append(i == 0 ? "" : " ");
                TweeHeader.AppendName(output, tags[i]);
            }

            _ = output.Append(']');
        }

        var fields = WritableFields.Clean(passage.Fields, IsPlace, report, pointer.To("fields"), passage.Name);
        var metadata = TweeMetadata.Write(passage with { Fields = fields });
        if (passage.Extensions.GetValueOrDefault(StoryFormats.Twee3) is { } unreadable)
        {
            if (metadata.Length == 0 && TweeMetadata.IsUnreadable(unreadable))
            {
                metadata = unreadable;
            }
            else
            {
                report.Add(ConversionRules.Extension, pointer.To("extensions"), passage.Name, before: unreadable);
            }
        }

        _ = metadata.Length == 0 ? output : output.Append(' ').Append(metadata);
        _ = output.Append(newline);
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

    private string WritableName(int index)
    {
        var name = story.Passages[index].Name;
        var oneLine = name.AsSpan().ContainsAny('\r', '\n') ? name.Replace('\r', ' ').Replace('\n', ' ') : name;
        if (!ReferenceEquals(oneLine, name))
        {
            report.Add(ConversionRules.TweeName, new ElementPointer("passages", index).To("name"), name, before: name, after: oneLine);
        }

        if (oneLine is not ("StoryTitle" or "StoryData"))
        {
            return oneLine;
        }

        var renamed = oneLine + " (passage)";
        report.Add(
            ConversionRules.TweeReservedName, new ElementPointer("passages", index).To("name"), name, before: name, after: renamed);
        return renamed;
    }

    private IReadOnlyList<string> WritableTags(Passage passage, ElementPointer pointer)
    {
        var tags = HtmlTags.Writable(passage.Tags, ConversionRules.TweeTag, report, pointer.To("tags"), passage.Name);
        var kind = TweePassages.KindOf(tags);
        if (kind == passage.Kind)
        {
            return tags;
        }

        report.Add(
            ConversionRules.TweeKind,
            pointer.To(passage.Kind == PassageKind.Passage ? "kind" : "tags"),
            passage.Name,
            before: JsonFields.WriteArray(passage.Tags));
        return passage.Kind == PassageKind.Passage ? tags : [TweePassages.TagOf(passage.Kind), .. tags];
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

    private static bool Says(string header, Passage passage, string name, IReadOnlyList<string> tags)
    {
        var parsed = TweeHeader.Parse(header);
        var metadata = TweeMetadata.Parse(parsed.Metadata);
        return parsed.Name == name && parsed.Tags.SequenceEqual(tags)
            && metadata.Position == passage.Position && metadata.Size == passage.Size
            && metadata.Fields.SequenceEqual(passage.Fields)
            && metadata.Unreadable == passage.Extensions.GetValueOrDefault(StoryFormats.Twee3);
    }

    private static bool IsPlace(StoryField field) => !field.IsJson && TweePassages.IsReserved(field.Name);
}
