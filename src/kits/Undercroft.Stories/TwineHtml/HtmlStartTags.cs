using System.Text;

namespace Undercroft.Stories;

/// <summary>Writes the start tags of a story and of what is in it, as Twine does.</summary>
internal sealed class HtmlStartTags(ReportBuilder report, StringBuilder output)
{
    public void WriteStory(HtmlStoryHead head, IReadOnlyDictionary<string, string> extensions)
    {
        _ = output.Append("<tw-storydata");
        HtmlEntities.AppendAttribute(output, "name", head.Name);
        Optionally("startnode", head.StartNode);
        Optionally("creator", head.Creator);
        Optionally("creator-version", head.CreatorVersion);
        Optionally("format", head.Format);
        Optionally("format-version", head.FormatVersion);
        Optionally("ifid", head.Ifid);
        Optionally("options", head.Options);
        Optionally("tags", string.Join(' ', head.Tags));
        Optionally("zoom", head.Zoom);
        AppendRest(head.Fields, new HtmlCarrier { Extensions = extensions }, "/fields", node: null);
        _ = output.Append(" hidden>");

        void Optionally(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                HtmlEntities.AppendAttribute(output, name, value);
            }
        }
    }

    public void WritePassage(Passage passage, string pid, IReadOnlyList<string> tags, ElementPointer pointer)
    {
        _ = output.Append("<tw-passagedata");
        HtmlEntities.AppendAttribute(output, "pid", pid);
        HtmlEntities.AppendAttribute(output, "name", passage.Name);
        HtmlEntities.AppendAttribute(output, "tags", string.Join(' ', tags));
        if (!string.IsNullOrEmpty(passage.Position?.Raw))
        {
            HtmlEntities.AppendAttribute(output, "position", passage.Position.Raw);
        }

        if (!string.IsNullOrEmpty(passage.Size?.Raw))
        {
            HtmlEntities.AppendAttribute(output, "size", passage.Size.Raw);
        }

        var fields = WritableFields.Clean(passage.Fields, _ => false, report, pointer.To("fields"), passage.Name);
        AppendRest(fields, new HtmlCarrier { Extensions = passage.Extensions }, pointer.To("fields"), passage.Name);
        _ = output.Append('>');
    }

    /// <summary>Writes the tag of a script or stylesheet; <paramref name="number"/> counts those of its kind.</summary>
    public void WriteCode(Passage passage, int number, ElementPointer pointer)
    {
        var isPlain = passage.Name == HtmlHead.NameOf(passage.Kind, number) && passage.Body.Length > 0;
        var isTagged = passage.Tags is [var only] && only == TweePassages.TagOf(passage.Kind);
        var carrier = new HtmlCarrier
        {
            Name = isPlain ? null : passage.Name,
            Tags = isTagged ? null : passage.Tags,
            Position = Optional.Text(passage.Position?.Raw),
            Size = Optional.Text(passage.Size?.Raw),
            Extensions = passage.Extensions,
        };
        if (!carrier.IsEmpty)
        {
            report.Add(ConversionRules.HtmlScriptName, pointer.To("name"), passage.Name, before: carrier.Write());
        }

        _ = output.Append(HtmlCode.Opening(passage.Kind));
        var fields = WritableFields.Clean(passage.Fields, _ => false, report, pointer.To("fields"), passage.Name);
        AppendRest(fields, carrier, pointer.To("fields"), passage.Name);
        _ = output.Append('>');
    }

    private void AppendRest(IReadOnlyList<StoryField> fields, HtmlCarrier carrier, string pointer, string? node)
    {
        if (fields.All(HtmlRest.IsAttribute))
        {
            foreach (var field in fields)
            {
                HtmlEntities.AppendAttribute(output, field.Name, field.Value);
            }
        }
        else
        {
            carrier = carrier with { Fields = fields };
            report.Add(ConversionRules.HtmlFields, pointer, node, before: JsonFields.Write(fields));
        }

        if (!carrier.IsEmpty)
        {
            HtmlEntities.AppendAttribute(output, HtmlCarrier.Attribute, carrier.Write());
        }
    }
}
