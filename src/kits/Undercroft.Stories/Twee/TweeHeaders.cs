using System.Text;

namespace Undercroft.Stories;

/// <summary>Writes the headers of passages anew, as far as Twee can hold what they say.</summary>
internal sealed class TweeHeaders(ReportBuilder report, StringBuilder output)
{
    /// <summary>Whether a header says what a passage says, given name and tags as they can be written.</summary>
    public static bool Says(string header, Passage passage, string name, IReadOnlyList<string> tags)
    {
        var parsed = TweeHeader.Parse(header);
        var metadata = TweeMetadata.Parse(parsed.Metadata);
        return parsed.Name == name && parsed.Tags.SequenceEqual(tags)
            && metadata.Position == passage.Position && metadata.Size == passage.Size
            && metadata.Fields.SequenceEqual(passage.Fields)
            && metadata.Unreadable == passage.Extensions.GetValueOrDefault(StoryFormats.Twee3);
    }

    /// <summary>The name as one line that no special passage has.</summary>
    public string WritableName(string name, int index)
    {
        var pointer = new ElementPointer("passages", index).To("name");
        var oneLine = name.AsSpan().ContainsAny('\r', '\n') ? name.Replace('\r', ' ').Replace('\n', ' ') : name;
        if (!ReferenceEquals(oneLine, name))
        {
            report.Add(ConversionRules.TweeName, pointer, name, before: name, after: oneLine);
        }

        if (oneLine is not ("StoryTitle" or "StoryData"))
        {
            return oneLine;
        }

        var renamed = oneLine + " (passage)";
        report.Add(ConversionRules.TweeReservedName, pointer, name, before: name, after: renamed);
        return renamed;
    }

    /// <summary>The tags as words, with the one that makes the passage what it is.</summary>
    public IReadOnlyList<string> WritableTags(Passage passage, ElementPointer pointer)
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

    /// <summary>Writes a header without its line end.</summary>
    public void Write(Passage passage, string name, IReadOnlyList<string> tags, ElementPointer pointer)
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
    }

    private static bool IsPlace(StoryField field) => !field.IsJson && TweePassages.IsReserved(field.Name);
}
