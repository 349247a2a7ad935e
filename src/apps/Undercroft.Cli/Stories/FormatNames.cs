using System.CommandLine;
using Undercroft.Cli.Invocation;
using Undercroft.Stories;

namespace Undercroft.Cli.Stories;

/// <summary>The formats and dialects as people write them on a command line.</summary>
internal static class FormatNames
{
    private static readonly (string Short, string Format)[] Formats =
    [
        ("twee", StoryFormats.Twee3), ("html", StoryFormats.TwineHtml), ("archive", StoryFormats.TwineArchive),
        ("json", StoryFormats.TwineJson), ("whisker", StoryFormats.Whisker),
    ];

    private static readonly string[] Dialects = ["source", "0.9", "1.0", "compact", "typed", "2.1"];

    /// <summary>An option that takes a format.</summary>
    public static Option<string?> FormatOption(string name, string description, params string[] aliases)
    {
        var option = new Option<string?>(name, aliases)
        {
            Description = $"{string.Join(", ", Formats.Select(static format => format.Short))}. {description}",
            HelpName = "format",
        };
        return Among(
            option,
            [.. Formats.Select(static format => format.Short)],
            [.. Formats.Select(static format => format.Format)]);
    }

    /// <summary>The option that takes a dialect.</summary>
    public static Option<string?> DialectOption()
    {
        var option = new Option<string?>("--dialect")
        {
            Description = "How to write whisker: "
                + $"{string.Join(", ", Dialects)}. Without it as it came.",
            HelpName = "dialect",
        };
        return Among(option, Dialects, []);
    }

    /// <summary>Takes only known names, and completes them.</summary>
    /// <param name="option">The option.</param>
    /// <param name="names">The names that are told.</param>
    /// <param name="others">Names that are taken too.</param>
    private static Option<string?> Among(Option<string?> option, string[] names, string[] others)
    {
        option.CompletionSources.Add(names);
        option.Validators.Add(result => OneOf.Check(result, option.Name, names, others));
        return option;
    }

    /// <summary>The format of a name; null for null.</summary>
    public static string? Read(string? name) =>
        Formats.Where(format => format.Short == name).Select(static format => format.Format).FirstOrDefault() ?? name;

    /// <summary>The dialect of a name.</summary>
    public static WhiskerDialect ReadDialect(string? name) => name switch
    {
        "0.9" => WhiskerDialect.Version09,
        "1.0" => WhiskerDialect.Version10,
        "compact" => WhiskerDialect.Compact20,
        "typed" => WhiskerDialect.Typed20,
        "2.1" => WhiskerDialect.Version21,
        _ => WhiskerDialect.Source,
    };

    /// <summary>The short name of a format.</summary>
    public static string Of(string format) =>
        Formats.Where(known => known.Format == format).Select(static known => known.Short).FirstOrDefault() ?? format;

    /// <summary>The format that a path's ending is a habit of; null where it is none's.</summary>
    public static string? OfPath(string? path) => Path.GetExtension(path)?.ToUpperInvariant() switch
    {
        ".TWEE" or ".TW" or ".TW3" => StoryFormats.Twee3,
        ".HTML" or ".HTM" => StoryFormats.TwineHtml,
        ".JSON" => StoryFormats.TwineJson,
        ".WHISKER" => StoryFormats.Whisker,
        _ => null,
    };
}
