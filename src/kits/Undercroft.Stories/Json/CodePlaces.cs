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
    public static Passage Read(
        PassageKind kind, int number, string body, CodeEntry entry, PassageSource source) => new()
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

    /// <summary>What has to be said about scripts and stylesheets beside their texts.</summary>
    /// <param name="story">The story.</param>
    /// <param name="indexes">Where they stand in it, in the order of the file.</param>
    /// <param name="report">Takes what does not fit.</param>
    public static List<CodeEntry> Describe(Story story, IReadOnlyList<int> indexes, ReportBuilder report)
    {
        var isUsual = indexes.Select((index, order) => index == order).All(isThere => isThere);
        var counts = new int[3];
        var entries = new List<CodeEntry>(indexes.Count);
        foreach (var index in indexes)
        {
            var passage = story.Passages[index];
            var number = ++counts[(int)passage.Kind];
            entries.Add(Describe(passage, number, index, isUsual ? null : index, report));
        }

        return entries;
    }

    private static CodeEntry Describe(Passage passage, int number, int index, int? at, ReportBuilder report)
    {
        var pointer = new ElementPointer("passages", index);
        var entry = new CodeEntry(at, null, null, new HtmlCarrier
        {
            Name = passage.Name == HtmlHead.NameOf(passage.Kind, number) ? null : passage.Name,
            Tags = passage.Tags is [var only] && only == TweePassages.TagOf(passage.Kind) ? null : passage.Tags,
            Position = Optional.Text(passage.Position?.Raw),
            Size = Optional.Text(passage.Size?.Raw),
            Fields = WritableFields.Clean(passage.Fields, _ => false, report, pointer.To("fields"), passage.Name),
            Extensions = passage.Extensions,
        });
        if (!entry.IsEmpty)
        {
            report.Add(JsonRules.Code, pointer.To("name"), passage.Name, before: entry.Write());
            Surrogates.ReportBeside(passage, report, pointer);
        }

        return entry;
    }
}
