using System.Text;

namespace Undercroft.Stories;

/// <summary>One writing of one story as whisker's JSON.</summary>
internal sealed class WhiskerWrite
{
    private readonly Story story;
    private readonly ReportBuilder report;
    private readonly StoryOrigin? origin;
    private readonly WhiskerShape shape;
    private readonly string newline;
    private readonly WhiskerCode code;
    private readonly UniqueNames keys = new(StringComparer.Ordinal);

    public WhiskerWrite(Story story, WhiskerShape shape, bool isKept, ReportBuilder report)
    {
        this.story = story;
        this.shape = shape;
        this.report = report;
        origin = isKept ? story.Origin : null;
        newline = origin?.Newline ?? "\n";
        code = new WhiskerCode(story, report);
    }

    /// <summary>Returns the file's text.</summary>
    public string Write()
    {
        var head = new WhiskerHeadWrite(story, origin, shape, code, report).Make();
        var assembly = new JsonAssembly(newline);
        var part = 0;
        for (var i = 0; i < story.Passages.Count; i++)
        {
            assembly.AddParts(origin?.Parts ?? [], ref part, i);
            if (story.Passages[i].Kind == PassageKind.Passage)
            {
                AddPassage(assembly, i);
            }
        }

        assembly.AddParts(origin?.Parts ?? [], ref part, int.MaxValue);
        SourceRemains.Report(story, origin is null ? "" : StoryFormats.Whisker, report);
        return assembly.Build(head.Text, head.Closing);
    }

    private void AddPassage(JsonAssembly assembly, int index)
    {
        var passage = story.Passages[index];
        var pointer = new ElementPointer("passages", index);
        var findings = report.Findings;
        if (passage.Extensions.Count > 0)
        {
            var lost = passage.Extensions.Values.First();
            report.Add(ConversionRules.Extension, pointer.To("extensions"), passage.Name, before: lost);
        }

        var source = origin is not null && passage.Source is { Format: StoryFormats.Whisker, Header.Length: > 0 }
            ? passage.Source
            : null;
        var before = source is null ? null : WhiskerPassage.Parse(source.Header);

        // What the entry says already stays, whatever its name.
        var wanted = WhiskerPassage.Of(passage, Clean(passage.Fields, before?.Fields ?? []));
        if (before?.Says(wanted) == true)
        {
            _ = keys.Reserve(wanted.Id ?? wanted.Name);
            assembly.Add(source!.Header, source.After);
            report.Count(
                findings == report.Findings ? ConversionOutcome.Preserved : ConversionOutcome.Regenerated);
            return;
        }

        var edited = before is null ? "" : wanted.Edit(source!.Header, before);
        var isEdited = edited.Length > 0 && WhiskerPassage.Parse(edited).Says(wanted);
        assembly.Add(
            isEdited ? edited : New(WhiskerPassage.Of(passage, Clean(wanted.Fields, []))), source?.After);
        report.Count(ConversionOutcome.Regenerated);

        IReadOnlyList<StoryField> Clean(IReadOnlyList<StoryField> fields, IReadOnlyList<StoryField> kept) =>
            WritableFields.Clean(
                fields, field => !kept.Contains(field) && !IsFree(field, passage), report, pointer.To("fields"),
                passage.Name);
    }

    // What a reader makes of the key decides, given everything else the passage says.
    private bool IsFree(StoryField field, Passage passage)
    {
        if ((field.Name == "position" && passage.Position is not null)
            || (field.Name == "size" && passage.Size is not null)
            || (field.Name == "tags" && passage.Tags.Count > 0)
            || (field.Name == "content" && shape.TextKeys.Contains("content"))
            || field.Name is "name" or "text")
        {
            return false;
        }

        StoryField[] known = [new("name", passage.Name), new("text", passage.Body)];
        var read = WhiskerPassage.Parse(JsonBuild.Object(known.Append(field)));
        return read.Fields is [var only] && only == field;
    }

    private string New(WhiskerPassage passage)
    {
        var key = shape.IsMap ? keys.Add(passage.Id ?? passage.Name) : "";
        var output = new StringBuilder();
        JsonLayout.AppendIndented(output, passage.Write(shape, key), level: 2);
        return output.Replace("\n", newline).ToString();
    }
}
