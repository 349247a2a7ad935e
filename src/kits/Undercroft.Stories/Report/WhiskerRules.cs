using static Undercroft.Stories.ConversionOutcome;
using static Undercroft.Stories.ConversionSeverity;

namespace Undercroft.Stories;

/// <summary>Entries about whisker's JSON.</summary>
internal static class WhiskerRules
{
    public static readonly ConversionRule Choices = new(
        "WHISKER-CHOICES", Transformed, Info,
        "Twine has links in the text where whisker has choices: they became links at the end of the passage.",
        "Undercroft makes them choices again.");

    public static readonly ConversionRule Condition = new(
        "WHISKER-CONDITION", Approximated, Warning,
        "A choice has a condition, an action or a kind that a link of Twine has not; it is kept as metadata and never "
        + "run.",
        "Write it in the language of the story format.")
    {
        Alters = false,
    };

    public static readonly ConversionRule Target = new(
        "WHISKER-TARGET", Approximated, Warning,
        "The targets END, BACK and RESTART are whisker's own; a link of Twine to them leads nowhere.",
        "Write what is meant in the language of the story format.")
    {
        Alters = false,
    };

    public static readonly ConversionRule LinkId = new(
        "WHISKER-LINK-ID", Approximated, Warning,
        "A link in the text names a passage by its id; Twine looks for names, so it leads nowhere there.",
        "Write the passage's name.")
    {
        Alters = false,
    };

    public static readonly ConversionRule LinkText = new(
        "WHISKER-LINK-TEXT", Approximated, Warning,
        "A choice holds what ends or splits a link of Twine; the link shows it changed.",
        "Remove ']]', line breaks and '->' from the choice and from the name of its target.")
    {
        Alters = false,
    };

    public static readonly ConversionRule Logic = new(
        "WHISKER-LOGIC", Transformed, Warning,
        "Scripts in Lua and scripts of passages are kept as data; no story format of Twine runs them.",
        "Write them in the language of the story format.");

    public static readonly ConversionRule Variables = new(
        "WHISKER-VARIABLES", Transformed, Warning,
        "Variables with their types and first values are kept as data; no story format of Twine sets them.",
        "Set them where the story begins, such as in StoryInit.");

    public static readonly ConversionRule Links = new(
        "WHISKER-LINKS", Transformed, Info,
        "The links at the end of the passage became choices.", "Undercroft makes them links again.");

    public static readonly ConversionRule Edited = new(
        "WHISKER-EDITED", Approximated, Warning,
        "The links at the end of the passage are no longer those that its choices were; the text is kept, and the old "
        + "choices with it as data.",
        "Compare the field 'whisker-choices' with the links.")
    {
        Alters = false,
    };

    public static readonly ConversionRule Dialect = new(
        "WHISKER-DIALECT", Transformed, Info,
        "The story was written in another dialect of whisker than its own.", "Nothing to do.");

    public static readonly ConversionRule Choice = new(
        "WHISKER-CHOICE", Transformed, Info,
        "The keys of a choice were named as the dialect names them.", "Nothing to do.");

    public static readonly ConversionRule VariableForm = new(
        "WHISKER-VARIABLE-FORM", Transformed, Info,
        "The variables were written in the form of the dialect.", "Nothing to do.");

    public static readonly ConversionRule VariableType = new(
        "WHISKER-VARIABLE-TYPE", Dropped, Warning,
        "The dialect holds a variable's first value only, not what else was said about it.",
        "Choose a dialect with typed variables.")
    {
        Alters = false,
    };

    public static readonly ConversionRule Defaults = new(
        "WHISKER-DEFAULTS", Transformed, Info,
        "The compact dialect leaves out what is empty.", "Nothing to do.");

    public static readonly ConversionRule Id = new(
        "WHISKER-ID", Invented, Info,
        "The dialect names passages by ids; this one had none and got its name for it.", "Nothing to do.")
    {
        Alters = false,
    };

    public static readonly ConversionRule IdDuplicate = new(
        "WHISKER-ID-DUPLICATE", Preserved, Warning,
        "An earlier passage has the same id; both are kept, choices lead to the first.", "Change one of them.");

    public static readonly ConversionRule Start = new(
        "WHISKER-START", Approximated, Warning,
        "whisker names the start by id or name, and that leads to another passage or to none.",
        "Give the start an id of its own.");

    public static readonly ConversionRule Text = new(
        "WHISKER-TEXT", KeptOpaque, Warning,
        "'text' and 'content' of the passage differ; whisker shows 'text', the other is kept as a field.",
        "Remove one of them.");

    public static readonly ConversionRule StoryData = new(
        "WHISKER-STORYDATA", Transformed, Info,
        "whisker has no place for the story format, tag colours, zoom and options; they are kept under 'undercroft'.",
        "Undercroft reads them back; whisker ignores them.");

    public static readonly ConversionRule Code = new(
        "WHISKER-CODE", Transformed, Warning,
        "The story has scripts in Lua, so those in JavaScript are kept under 'undercroft', where whisker does not run "
        + "them.",
        "Write all scripts in one language.");

    public static IReadOnlyList<ConversionRule> All { get; } =
    [
        Choices, Condition, Target, LinkId, LinkText, Logic, Variables, Links, Edited, Dialect, Choice, VariableForm,
        VariableType, Defaults, Id, IdDuplicate, Start, Text, StoryData, Code,
    ];
}
