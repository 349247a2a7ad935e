using System.Buffers;

namespace Undercroft.Stories;

/// <summary>The attributes of a tag that have no place of their own in the model.</summary>
internal readonly record struct HtmlRest(IReadOnlyList<StoryField> Fields, HtmlCarrier Carrier, string? BadCarrier)
{
    private static readonly HtmlCarrier Empty = new();
    private static readonly SearchValues<char> SafeName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    public static HtmlRest Of(HtmlTag tag, string[] known)
    {
        List<StoryField>? fields = null;
        var carrier = Empty;
        string? bad = null;
        foreach (var (name, value) in tag.Attributes)
        {
            if (Array.IndexOf(known, name) >= 0)
            {
                continue;
            }

            if (name == HtmlCarrier.Attribute && HtmlCarrier.Parse(value) is { } parsed)
            {
                carrier = parsed;
                continue;
            }

            bad = name == HtmlCarrier.Attribute ? value : bad;
            (fields ??= []).Add(new StoryField(name, value));
        }

        if (carrier.Fields.Count > 0)
        {
            (fields ??= []).AddRange(carrier.Fields);
        }

        return new HtmlRest(fields ?? (IReadOnlyList<StoryField>)[], carrier, bad);
    }

    /// <summary>Whether a field can be an attribute of its own: anything else could mean something to a
    /// browser.</summary>
    public static bool IsAttribute(StoryField field) =>
        !field.IsJson && field.Name.StartsWith("data-", StringComparison.Ordinal) && field.Name != HtmlCarrier.Attribute
        && field.Name.Length > 5 && !field.Name.AsSpan().ContainsAnyExcept(SafeName);

    /// <summary>Splits a list of words, such as tags.</summary>
    public static IReadOnlyList<string> Words(string? text) =>
        string.IsNullOrEmpty(text) ? [] : text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
