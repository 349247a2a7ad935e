namespace Undercroft.Stories;

/// <summary>A file that is one JSON object with a list of passages: what stands around the list, and each entry of it.
/// </summary>
internal sealed class JsonFile
{
    private JsonFile(string text, int container, List<JsonEntry> entries)
    {
        Entries = entries;
        HasList = container >= 0;
        if (!HasList)
        {
            (Opening, Closing) = (text, "");
        }
        else if (entries.Count == 0)
        {
            (Opening, Closing) = (text[..(container + 1)], text[(container + 1)..]);
        }
        else
        {
            (Opening, Closing) = (text[..entries[0].Start], text[entries[^1].End..]);
        }
    }

    /// <summary>Everything up to the first entry.</summary>
    public string Opening { get; }

    /// <summary>Everything after the last entry. Opening and closing together are the file without its passages.
    /// </summary>
    public string Closing { get; }

    /// <summary>Whether there is a list of passages.</summary>
    public bool HasList { get; }

    public IReadOnlyList<JsonEntry> Entries { get; }

    /// <summary>Splits a text.</summary>
    /// <exception cref="StoryFormatException">It is not one JSON object.</exception>
    public static JsonFile Split(string text, string what, string? fileName)
    {
        var fault = JsonGrammar.FindFault(text, out var expected);
        var root = fault < 0 ? JsonScan.Root(text) : 0;
        if (fault < 0 && text[root] != '{')
        {
            (fault, expected) = (root, "'{'");
        }

        if (fault >= 0)
        {
            var line = new LineCounter(text).At(fault);
            throw new StoryFormatException(
                $"Cannot read {Names.Show(fileName ?? "story")} as {what}, line {line}: expected {expected}, found "
                + $"{(fault < text.Length ? Names.Show(text[fault..Math.Min(text.Length, fault + 12)]) : "the end")}.",
                fileName,
                line);
        }

        return ListOf(text, root) is { } list
            ? new JsonFile(text, list.ValueStart, EntriesOf(text, list.ValueStart))
            : new JsonFile(text, -1, []);
    }

    /// <summary>The member that holds the passages; null where there is none, or it is no list.</summary>
    public static JsonMember? ListOf(string text, int root) =>
        JsonScan.Last(JsonScan.Members(text, root), "passages") is { } found && text[found.ValueStart] is '[' or '{'
            ? JsonScan.Last(JsonScan.Members(text, root), "passages")
            : null;

    private static List<JsonEntry> EntriesOf(string text, int at)
    {
        var spans = text[at] == '['
            ? JsonScan.Items(text, at)
            : JsonScan.Members(text, at).ConvertAll(member => (member.Start, member.End));
        return
        [
            .. spans.Select((span, i) => new JsonEntry(
                span.Item1,
                span.Item2,
                text[span.Item1..span.Item2],
                i + 1 < spans.Count ? text[span.Item2..spans[i + 1].Item1] : "")),
        ];
    }
}
