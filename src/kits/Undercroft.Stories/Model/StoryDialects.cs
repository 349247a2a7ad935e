namespace Undercroft.Stories;

/// <summary>Tells the dialect of a story format.</summary>
internal static class StoryDialects
{
    public static StoryDialect Of(string? format) => format?.Trim().ToUpperInvariant() switch
    {
        "HARLOWE" => StoryDialect.Harlowe,
        "SUGARCUBE" => StoryDialect.SugarCube,
        "CHAPBOOK" => StoryDialect.Chapbook,
        "SNOWMAN" => StoryDialect.Snowman,
        _ => StoryDialect.Unknown,
    };
}
