namespace Undercroft.Stories;

/// <summary>Tags as Twine HTML and Twee can hold them: words without space in them.</summary>
internal static class HtmlTags
{
    public static IReadOnlyList<string> Writable(
        IReadOnlyList<string> tags, ReportBuilder report, string pointer, string? node) =>
        Writable(tags, ConversionRules.HtmlTag, report, pointer, node);

    public static IReadOnlyList<string> Writable(
        IReadOnlyList<string> tags, ConversionRule rule, ReportBuilder report, string pointer, string? node)
    {
        if (tags.All(tag => tag.Length > 0 && !tag.Any(char.IsWhiteSpace)))
        {
            return tags;
        }

        string[] words =
        [
            .. tags.Where(tag => tag.Length > 0)
                .Select(tag => string.Concat(tag.Select(c => char.IsWhiteSpace(c) ? '-' : c))),
        ];
        report.Add(rule, pointer, node, before: JsonFields.WriteArray(tags), after: JsonFields.WriteArray(words));
        return words;
    }
}
