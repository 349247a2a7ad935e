using Undercroft.Cli.Output;
using Undercroft.Cli.Stories;
using Undercroft.Stories;

namespace Undercroft.Cli.Commands;

/// <summary>How <c>--json</c> shows a story without its text.</summary>
internal sealed record StoryView(
    string Id,
    string Name,
    string? Ifid,
    string? Format,
    string? FormatVersion,
    string? SourceFormat,
    string? File,
    IReadOnlyList<string> Tags,
    int Passages,
    int Words)
{
    public static StoryView Of(StorySummary story) => new(
        story.Id,
        story.Name,
        story.Ifid,
        story.Format,
        story.FormatVersion,
        story.SourceFormat,
        story.File,
        story.Tags,
        story.Passages,
        story.Words);

    /// <summary>Makes the table of stories that several commands show.</summary>
    public static TableView Table(IEnumerable<StorySummary> stories)
    {
        var table = new TableView("Title", "Format", ">Passages", ">Words", "Id");
        foreach (var story in stories)
        {
            table.Add(
                Titles.Of(story),
                $"{story.Format} {story.FormatVersion}".Trim(),
                Amounts.Count(story.Passages),
                Amounts.Count(story.Words),
                story.Id);
        }

        return table;
    }
}
