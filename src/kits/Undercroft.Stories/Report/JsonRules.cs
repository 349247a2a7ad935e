using static Undercroft.Stories.ConversionOutcome;
using static Undercroft.Stories.ConversionSeverity;

namespace Undercroft.Stories;

/// <summary>Entries about Twine JSON, and about what all formats in JSON share.</summary>
internal static class JsonRules
{
    public static readonly ConversionRule Opaque = new(
        "JSON-OPAQUE", KeptOpaque, Warning,
        "Something in the list of passages is no object; it is kept with the file.", "Check what it is.");

    public static readonly ConversionRule OpaqueLost = new(
        "JSON-OPAQUE-LOST", Dropped, Warning,
        "Something in the source file belongs to no passage and has no place in this format.",
        "Keep the source file.");

    public static readonly ConversionRule Page = new(
        "JSON-PAGE", Transformed, Info,
        "The page around the story, with the format's engine, has no place in JSON.",
        "Publish again with the story format that the story names.");

    public static readonly ConversionRule Carrier = new(
        "JSON-CARRIER", KeptOpaque, Warning,
        "The key 'undercroft' is not what Undercroft writes; it is kept as a field.", "Remove or mend it.");

    public static readonly ConversionRule Key = new(
        "JSON-KEY", Preserved, Info,
        "The key is not the one that the specification of Twine JSON names; it was read as if it were.",
        "Nothing to do.");

    public static readonly ConversionRule Extras = new(
        "JSON-EXTRAS", Transformed, Info,
        "Twine JSON has no place for story tags and options; they are kept as further keys.",
        "Undercroft reads them back; other tools ignore them.");

    public static readonly ConversionRule Code = new(
        "JSON-CODE", Transformed, Info,
        "Scripts and stylesheets have no name, tags or place in JSON; they are kept under 'undercroft'.",
        "Undercroft reads them back; other tools ignore them.");

    public static readonly ConversionRule CodeTagged = new(
        "JSON-CODE-TAGGED", Transformed, Info,
        "Twine JSON has one script and one stylesheet; further ones are passages with the tag 'script' or "
        + "'stylesheet', as in Twee.",
        "Join them, if another tool is to run them all.");

    public static readonly ConversionRule Kind = new(
        "JSON-KIND", Approximated, Warning,
        "In Twine JSON the tags 'script' and 'stylesheet' decide what a passage is, as in Twee.",
        "Remove or add the tag.");

    public static readonly ConversionRule Start = new(
        "JSON-START", Approximated, Warning,
        "Twine JSON names the start, and the name leads to another passage or to none.",
        "Give the start a name of its own.");

    public static readonly ConversionRule StartNumber = new(
        "JSON-START-NUMBER", Preserved, Info,
        "The start is a number; it was taken for the pid, or for the passage's place in the list.",
        "Name the start.");

    public static IReadOnlyList<ConversionRule> All { get; } =
        [Opaque, OpaqueLost, Page, Carrier, Key, Extras, Code, CodeTagged, Kind, Start, StartNumber];
}
