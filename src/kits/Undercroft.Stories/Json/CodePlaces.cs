namespace Undercroft.Stories;

/// <summary>Scripts and stylesheets among the passages of a story: in files in JSON they stand apart.</summary>
internal static class CodePlaces
{
    /// <summary>Puts scripts and stylesheets to their places: those without one come first.</summary>
    /// <returns>The passages, and for each ordinary one where it is now.</returns>
    public static (List<Passage> Passages, int[] Places) Merge(
        IReadOnlyList<Passage> code, IReadOnlyList<CodeEntry> entries, IReadOnlyList<Passage> ordinary)
    {
        var slots = new Passage?[code.Count + ordinary.Count];
        var homeless = new Queue<Passage>();
        for (var i = 0; i < code.Count; i++)
        {
            if (i < entries.Count && entries[i].At is { } at && at < slots.Length && slots[at] is null)
            {
                slots[at] = code[i];
            }
            else
            {
                homeless.Enqueue(code[i]);
            }
        }

        var places = new int[ordinary.Count];
        var next = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] is not null)
            {
                continue;
            }

            if (homeless.TryDequeue(out var passage))
            {
                slots[i] = passage;
                continue;
            }

            places[next] = i;
            slots[i] = ordinary[next++];
        }

        return ([.. slots.Select(slot => slot!)], places);
    }

    /// <summary>Makes the passage that a text of the file is.</summary>
    public static Passage Read(PassageKind kind, int number, string body, CodeEntry entry, PassageSource source) => new()
    {
        Id = "",
        Name = entry.Carrier.Name ?? HtmlHead.NameOf(kind, number),
        Kind = kind,
        Tags = entry.Carrier.Tags ?? [TweePassages.TagOf(kind)],
        Body = body,
        Position = Optional.Point(entry.Carrier.Position),
        Size = Optional.Point(entry.Carrier.Size),
        Fields = entry.Carrier.Fields,
        Extensions = entry.Carrier.Extensions,
        Source = source,
    };

    /// <summary>What has to be said about a script or stylesheet beside its text.</summary>
    /// <param name="passage">The script or stylesheet.</param>
    /// <param name="number">Which of its kind it is in the file, from 1.</param>
    /// <param name="place">Where it stands in the story.</param>
    /// <param name="usual">Where a reader would put it.</param>
    /// <param name="report">Takes what does not fit.</param>
    public static CodeEntry Describe(Passage passage, int number, int place, int usual, ReportBuilder report)
    {
        var pointer = new ElementPointer("passages", place);
        var entry = new CodeEntry(place == usual ? null : place, null, null, new HtmlCarrier
        {
            Name = passage.Name == HtmlHead.NameOf(passage.Kind, number) ? null : passage.Name,
            Tags = passage.Tags is [var only] && only == TweePassages.TagOf(passage.Kind) ? null : passage.Tags,
            Position = Optional.Text(passage.Position?.Raw),
            Size = Optional.Text(passage.Size?.Raw),
            Fields = WritableFields.Clean(passage.Fields, _ => false, report, pointer.To("fields"), passage.Name),
            Extensions = passage.Extensions,
        });
        if (entry.IsEmpty)
        {
            return entry;
        }

        report.Add(JsonRules.Code, pointer.To("name"), passage.Name, before: entry.Write());
        Surrogates.ReportBeside(passage, report, pointer);
        return entry;
    }
}
