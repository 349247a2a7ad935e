namespace Undercroft.Stories;

/// <summary>Passages that a story format runs by itself, without a link to them.</summary>
internal static class SpecialPassages
{
    private static readonly string[] SugarCubeNames =
    [
        "PassageDone", "PassageFooter", "PassageHeader", "PassageReady", "StoryAuthor", "StoryBanner", "StoryCaption",
        "StoryDisplayTitle", "StoryInit", "StoryInterface", "StoryMenu", "StorySettings", "StoryShare", "StorySubtitle",
    ];

    private static readonly string[] HarloweTags =
        ["debug-footer", "debug-header", "debug-startup", "footer", "header", "startup"];

    /// <summary>Tells whether the format shows or runs the passage by its name, its tags or what it declares.</summary>
    public static bool IsCalled(Passage passage, StoryDialect dialect) => dialect switch
    {
        StoryDialect.Harlowe => IsHarlowe(passage),
        StoryDialect.SugarCube => IsSugarCube(passage),
        StoryDialect.Unknown => IsHarlowe(passage) || IsSugarCube(passage),
        _ => false,
    };

    private static bool IsHarlowe(Passage passage) =>
        passage.Tags.Any(tag => Array.IndexOf(HarloweTags, tag) >= 0)
        || passage.Body.Contains("(storylet:", StringComparison.OrdinalIgnoreCase);

    private static bool IsSugarCube(Passage passage) =>
        Array.IndexOf(SugarCubeNames, passage.Name) >= 0
        || passage.Tags.Any(tag => tag is "init" or "widget" || tag.StartsWith("Twine.", StringComparison.Ordinal));
}
