using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>What stories are called where people read it. One without a title is called by its file.</summary>
internal static class Titles
{
    public static string Of(StorySummary story) => Of(story.Name, story.File);

    public static string Of(Story story) => Of(story.Name, story.Origin?.File);

    /// <summary>What a story is called.</summary>
    /// <param name="name">Its title.</param>
    /// <param name="file">The name of its file; null where there is none.</param>
    public static string Of(string name, string? file) =>
        !string.IsNullOrWhiteSpace(name) ? name
        : file is null ? "(no title)"
        : $"(no title) {file}";
}
