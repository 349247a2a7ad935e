using static Undercroft.Stories.ConversionOutcome;
using static Undercroft.Stories.ConversionSeverity;

namespace Undercroft.Stories;

/// <summary>Every kind of entry a <see cref="ConversionReport"/> can hold. Codes keep their meaning for ever.</summary>
public static class ConversionRules
{
    internal static readonly ConversionRule ReportFull = new(
        "REPORT-FULL", Preserved, Warning,
        "More was found than a report lists; the counts are complete.", "Mend what is listed and convert again.");

    internal static readonly ConversionRule VerifyUnreported = new(
        "VERIFY-UNREPORTED", Dropped, Error,
        "The output, read back, differs from the story here, and nothing above announced it.",
        "This is a fault of Undercroft: please report it with the story.");

    internal static readonly ConversionRule TextEncoding = new(
        "TEXT-ENCODING", Transformed, Warning,
        "The file is not valid UTF-8, so it was read as windows-1252.",
        "Check accented letters and quotes; save the source as UTF-8.");

    internal static readonly ConversionRule TextRecoded = new(
        "TEXT-RECODED", Transformed, Info,
        "The story now holds characters that the source's windows-1252 lacks, so UTF-8 was written.", "Nothing to do.");

    internal static readonly ConversionRule TextControl = new(
        "TEXT-CONTROL", Preserved, Warning,
        "The file holds NUL characters; they are kept, but browsers and editors drop or replace them.",
        "Remove them from the source.");

    internal static readonly ConversionRule TextSurrogate = new(
        "TEXT-SURROGATE", Approximated, Warning,
        "Half of a surrogate pair cannot be written as UTF-8 and became U+FFFD.", "Remove the broken character.");

    internal static readonly ConversionRule StoryNoPassages = new(
        "STORY-NO-PASSAGES", Preserved, Warning, "The story has no passage.", "Add one before publishing it.");

    internal static readonly ConversionRule StoryStart = new(
        "STORY-START", Preserved, Warning,
        "No passage answers to the start the source names; the name is kept.",
        "Name an existing passage as the start.");

    internal static readonly ConversionRule StoryNoStart = new(
        "STORY-NO-START", Preserved, Warning,
        "The source names no start, and no passage is called 'Start'.", "Name the start, or call a passage 'Start'.");

    internal static readonly ConversionRule IfidMissing = new(
        "IFID-MISSING", Preserved, Info,
        "The story has no IFID; none is invented, so that the same story keeps one identity.",
        "Let your editor add one before publishing.");

    internal static readonly ConversionRule IfidInvalid = new(
        "IFID-INVALID", Preserved, Warning,
        "The IFID is not 8 to 63 digits, capital letters and hyphens; it is kept as written.",
        "Other tools may replace it: write it in capitals.");

    internal static readonly ConversionRule NameDuplicate = new(
        "NAME-DUPLICATE", Preserved, Warning,
        "An earlier passage has the same name; both are kept, links lead to the first.", "Rename one of them.");

    internal static readonly ConversionRule NameEmpty = new(
        "NAME-EMPTY", Preserved, Warning, "The passage has no name, so nothing can link to it.", "Give it a name.");

    internal static readonly ConversionRule FieldDuplicate = new(
        "FIELD-DUPLICATE", Dropped, Warning,
        "The same key is given twice; only the last value counts.", "Remove one of them.");

    internal static readonly ConversionRule FieldReserved = new(
        "FIELD-RESERVED", Dropped, Warning,
        "The target gives this key a meaning of its own, so further data cannot have its name.", "Rename the key.");

    internal static readonly ConversionRule FieldJson = new(
        "FIELD-JSON", Approximated, Warning, "A value declared as JSON is not JSON; it was written as text.",
        "Mend it.");

    internal static readonly ConversionRule Extension = new(
        "EXTENSION", Dropped, Warning,
        "Text of another format that could not be understood has no place in this one.",
        "Keep the source file, or mend the text there.");

    internal static readonly ConversionRule TweePreamble = new(
        "TWEE-PREAMBLE", KeptOpaque, Info,
        "Text before the first '::' belongs to no passage; it is kept with the file.", "Move it into a passage.");

    internal static readonly ConversionRule TweeHeader = new(
        "TWEE-HEADER", KeptOpaque, Warning,
        "The header is not ':: name [tags] {metadata}'; what does not fit is kept with the file only.",
        "Write a backslash before '[', ']', '{', '}' and '\\' in names and tags.");

    internal static readonly ConversionRule TweeMetadata = new(
        "TWEE-METADATA", KeptOpaque, Warning,
        "The metadata is not a JSON object; it is kept as text.", "Mend the JSON between '{' and '}'.");

    internal static readonly ConversionRule TweeStoryData = new(
        "TWEE-STORYDATA", KeptOpaque, Warning,
        "StoryData is not a JSON object; it is kept as text, and IFID, format and start are unknown.",
        "Mend the JSON of the StoryData passage.");

    internal static readonly ConversionRule TweeStoryDataReplaced = new(
        "TWEE-STORYDATA-REPLACED", Dropped, Warning,
        "The unreadable StoryData of the source gave way to new story data.", "Compare with the source file.");

    internal static readonly ConversionRule TweeSpecialTwice = new(
        "TWEE-SPECIAL-TWICE", KeptOpaque, Warning,
        "StoryTitle or StoryData comes a second time; the first counts, this one is kept with the file.",
        "Remove one of them.");

    internal static readonly ConversionRule TweeSpecialHeader = new(
        "TWEE-SPECIAL-HEADER", KeptOpaque, Info,
        "Tags and metadata of StoryTitle and StoryData mean nothing; they are kept with the file.", "Nothing to do.");

    internal static readonly ConversionRule TweeCssSplit = new(
        "TWEE-CSS-SPLIT", Preserved, Warning,
        "A stylesheet or script is followed by a header that looks like code: '::' always begins a passage.",
        "Indent that line by a space, if it belongs to the passage above.");

    internal static readonly ConversionRule TweeBodyColon = new(
        "TWEE-BODY-COLON", Transformed, Info,
        "A text line begins with '::', which Twee takes for a header; a backslash stands before it in the file.",
        "Twine and Undercroft read it back; Tweego shows the backslash.");

    internal static readonly ConversionRule TweeBodyBackslash = new(
        "TWEE-BODY-BACKSLASH", Preserved, Info,
        "A text line begins with '\\:'; Undercroft keeps it, Twine would drop the backslash.", "Nothing to do here.");

    internal static readonly ConversionRule TweeTrim = new(
        "TWEE-TRIM", Dropped, Warning,
        "Twee cannot hold blank lines at the end of a passage.", "Nothing to do, unless the blank lines matter.");

    internal static readonly ConversionRule TweeOuterSpace = new(
        "TWEE-OUTER-SPACE", Preserved, Info,
        "The text begins or ends with space; it is in the file, but Twine, Tweego and Extwee trim it.",
        "Nothing to do.");

    internal static readonly ConversionRule TweeName = new(
        "TWEE-NAME", Approximated, Warning,
        "A name in Twee is one line; line breaks in it became spaces.", "Rename the passage.");

    internal static readonly ConversionRule TweeReservedName = new(
        "TWEE-RESERVED-NAME", Approximated, Warning,
        "StoryTitle and StoryData are no ordinary passages in Twee; ' (passage)' was added to the name.",
        "Rename or delete the passage.");

    internal static readonly ConversionRule TweeTitle = new(
        "TWEE-TITLE", Approximated, Warning,
        "Space around a title is not kept in Twee.", "Remove it from the title.");

    internal static readonly ConversionRule TweeTag = new(
        "TWEE-TAG", Approximated, Warning,
        "A tag in Twee is one word without spaces; spaces became '-', empty tags are left out.", "Rename the tag.");

    internal static readonly ConversionRule TweeKind = new(
        "TWEE-KIND", Approximated, Warning,
        "In Twee the tags 'script' and 'stylesheet' decide what a passage is.", "Remove or add the tag.");

    internal static readonly ConversionRule TweeStart = new(
        "TWEE-START", Approximated, Warning,
        "Twee names the start, and an earlier passage has the same name.", "Rename one of the two passages.");

    internal static readonly ConversionRule TweeExtras = new(
        "TWEE-STORYTAGS", Transformed, Info,
        "Twee has no place for story tags, options and creator; they are kept as further keys of StoryData.",
        "Undercroft reads them back; other tools ignore them.");

    internal static readonly ConversionRule TweePage = new(
        "TWEE-PAGE", Transformed, Info,
        "The page around the story, with the format's engine, has no place in Twee.",
        "Publish again with the story format that StoryData names.");

    internal static readonly ConversionRule TweeOpaque = new(
        "TWEE-OPAQUE", Dropped, Warning,
        "Content between the passages of the HTML file has no place in Twee.", "Keep the source file.");

    internal static readonly ConversionRule HtmlPreamble = new(
        "HTML-PREAMBLE", Dropped, Warning,
        "Text of the Twee file that belongs to no passage has no place in HTML.", "Keep the source file.");

    internal static readonly ConversionRule HtmlUnclosed = new(
        "HTML-UNCLOSED", Dropped, Error,
        "The element is not closed: the file is cut off or damaged here, and what followed is missing.",
        "Get a complete copy.")
    {
        // What is there is read as it is.
        Alters = false,
    };

    internal static readonly ConversionRule HtmlHidden = new(
        "HTML-HIDDEN", Preserved, Warning,
        "The story lies inside a script, style or comment, where a browser would not see it.",
        "Check the page around it.");

    internal static readonly ConversionRule HtmlRawMarkup = new(
        "HTML-RAW-MARKUP", Preserved, Warning,
        "The passage holds '<' that is not written as '&lt;'; the text is kept as it is, a browser would see elements.",
        "Open and save the story in its editor.");

    internal static readonly ConversionRule HtmlOpaque = new(
        "HTML-OPAQUE", KeptOpaque, Warning,
        "Content between the passages belongs to none; it is kept with the file.", "Check what it is.");

    internal static readonly ConversionRule HtmlAttribute = new(
        "HTML-ATTRIBUTE", KeptOpaque, Warning,
        "An attribute is malformed or given twice; what a browser would ignore is kept with the file only.",
        "Check the quotes of this tag.");

    internal static readonly ConversionRule HtmlEntity = new(
        "HTML-ENTITY", Approximated, Warning,
        "A character reference names no character and became U+FFFD.", "Correct the reference.");

    internal static readonly ConversionRule HtmlPid = new(
        "HTML-PID", Preserved, Warning,
        "Another passage has the same pid; where it is the start, the first counts.", "Save the story in its editor.");

    internal static readonly ConversionRule HtmlCarrier = new(
        "HTML-CARRIER", KeptOpaque, Warning,
        "The attribute 'data-undercroft' is not what Undercroft writes; it is kept as a field.", "Remove or mend it.");

    internal static readonly ConversionRule HtmlOrder = new(
        "HTML-ORDER", Transformed, Info,
        "Stylesheets and scripts come before passages in Twine HTML.",
        "Nothing to do: the order does not matter there.")
    {
        Alters = true,
    };

    internal static readonly ConversionRule HtmlScripts = new(
        "HTML-SCRIPTS", Preserved, Info,
        "The story has several scripts or stylesheets; Twine joins them, Chapbook and Snowman run only the first.",
        "Join them, if you publish without Twine.");

    internal static readonly ConversionRule HtmlScriptName = new(
        "HTML-SCRIPT-NAME", Transformed, Info,
        "Scripts and stylesheets have no name, tags or place in Twine HTML; they are kept in 'data-undercroft'.",
        "Undercroft reads them back; Twine drops them.");

    internal static readonly ConversionRule HtmlScriptNamed = new(
        "HTML-SCRIPT-NAMED", Invented, Info,
        "Twine HTML does not name scripts and stylesheets; this one was given a name.", "Rename it as you like.");

    internal static readonly ConversionRule HtmlScriptClose = new(
        "HTML-SCRIPT-CLOSE", Approximated, Warning,
        "The code holds its own end tag, which would end it early; it became '<\\/'.",
        "Check the code, if it is more than a string.");

    internal static readonly ConversionRule HtmlTag = new(
        "HTML-TAG", Approximated, Warning,
        "A tag in Twine HTML is one word without spaces; spaces became '-', empty tags are left out.",
        "Rename the tag.");

    internal static readonly ConversionRule HtmlFields = new(
        "HTML-FIELDS", Transformed, Info,
        "Metadata that Twine HTML has no attribute for is kept in 'data-undercroft'.",
        "Undercroft reads it back; Twine drops it.");

    internal static readonly ConversionRule HtmlStart = new(
        "HTML-START", Invented, Info,
        "Twine HTML needs its start named; the passage called 'Start' was named.", "Nothing to do.");

    internal static readonly ConversionRule HtmlStartLost = new(
        "HTML-START-LOST", Dropped, Warning,
        "Twine HTML names the start by number, so a start that is no passage cannot be kept.",
        "Name an existing passage.");

    internal static readonly ConversionRule HtmlColor = new(
        "HTML-COLOR", Preserved, Info,
        "The colour is none of Twine's seven names; it is kept, Twine may not show it.", "Choose a named colour.");

    internal static readonly ConversionRule HtmlNoEngine = new(
        "HTML-NO-ENGINE", Preserved, Info,
        "The file holds the story's data without a story format: an archive to import, not a page to play.",
        "Import it in Twine and publish it there.");

    /// <summary>All rules, by code in ordinal order.</summary>
    public static IReadOnlyList<ConversionRule> All { get; } =
    [
        .. new[]
        {
            Extension, FieldDuplicate, FieldJson, FieldReserved, HtmlAttribute, HtmlCarrier, HtmlColor, HtmlEntity,
            HtmlFields, HtmlHidden, HtmlNoEngine, HtmlOpaque, HtmlOrder, HtmlPid, HtmlPreamble, HtmlRawMarkup,
            HtmlScriptClose, HtmlScriptName, HtmlScriptNamed, HtmlScripts, HtmlStart, HtmlStartLost, HtmlTag,
            HtmlUnclosed,
            IfidInvalid, IfidMissing, NameDuplicate, NameEmpty, ReportFull, StoryNoPassages, StoryNoStart, StoryStart,
            TextControl, TextEncoding, TextRecoded, TextSurrogate, TweeBodyBackslash, TweeBodyColon, TweeCssSplit,
            TweeExtras, TweeHeader, TweeKind, TweeMetadata, TweeName, TweeOpaque, TweeOuterSpace, TweePage,
            TweePreamble,
            TweeReservedName, TweeSpecialHeader, TweeSpecialTwice, TweeStart, TweeStoryData, TweeStoryDataReplaced,
            TweeTag, TweeTitle, TweeTrim, VerifyUnreported,
        }.Concat(JsonRules.All).Concat(WhiskerRules.All).Concat(Twine1Rules.All)
            .OrderBy(rule => rule.Code, StringComparer.Ordinal),
    ];

    /// <summary>Finds the rule of a code.</summary>
    /// <returns>Null where no rule has that code.</returns>
    public static ConversionRule? Find(string code) => All.FirstOrDefault(rule => rule.Code == code);
}
