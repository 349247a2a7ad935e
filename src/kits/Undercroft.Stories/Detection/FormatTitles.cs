namespace Undercroft.Stories;

/// <summary>What people call the formats.</summary>
internal static class FormatTitles
{
    public static string Of(string format) => format switch
    {
        StoryFormats.Twee3 => "Twee 3",
        StoryFormats.TwineHtml => "Twine 2 HTML",
        StoryFormats.TwineArchive => "a Twine 2 archive",
        StoryFormats.TwineJson => "Twine 2 JSON",
        StoryFormats.Twine1Html => "Twine 1 HTML",
        StoryFormats.Export => "a story exported by Undercroft",
        _ => "whisker JSON",
    };
}
