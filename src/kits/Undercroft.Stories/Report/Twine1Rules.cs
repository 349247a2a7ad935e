using static Undercroft.Stories.ConversionOutcome;
using static Undercroft.Stories.ConversionSeverity;

namespace Undercroft.Stories;

/// <summary>Entries about Twine 1 HTML and Twine 2 archives.</summary>
internal static class Twine1Rules
{
    public static readonly ConversionRule Page = new(
        "TWINE1-PAGE", Transformed, Info,
        "The page around the story, with the engine of Twine 1, is not kept.",
        "Publish the story with a story format of Twine 2.");

    public static readonly ConversionRule Title = new(
        "TWINE1-TITLE", Dropped, Info,
        "StoryTitle became the story's name; tags, dates and place of that passage are not kept.", "Nothing to do.");

    public static readonly ConversionRule TitleTwice = new(
        "TWINE1-TITLE-TWICE", Dropped, Warning,
        "StoryTitle comes a second time; the first counts.", "Remove one of them.");

    public static readonly ConversionRule Obfuscated = new(
        "TWINE1-ROT13", Transformed, Info,
        "The passages were obfuscated by rot13; they are kept in clear.", "Nothing to do.");

    public static readonly ConversionRule Gap = new(
        "TWINE1-OPAQUE", Dropped, Warning,
        "Content between the passages belongs to none.", "Keep the source file.");

    public static readonly ConversionRule ArchivePage = new(
        "ARCHIVE-PAGE", Transformed, Info,
        "The page around the story, with the format's engine, has no place in an archive.",
        "Publish again with the story format that the story names.");

    public static IReadOnlyList<ConversionRule> All { get; } = [Page, Title, TitleTwice, Obfuscated, Gap, ArchivePage];
}
