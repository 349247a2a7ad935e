namespace Undercroft.Stories;

/// <summary>One loss, change or finding of a conversion.</summary>
public sealed record ConversionEntry
{
    /// <summary>The stable code; <see cref="ConversionRules"/> documents each.</summary>
    public required string Code { get; init; }

    /// <summary>What became of it.</summary>
    public ConversionOutcome Outcome { get; init; }

    /// <summary>How much it matters.</summary>
    public ConversionSeverity Severity { get; init; }

    /// <summary>The id of the story; null where the file as a whole is meant.</summary>
    public string? StoryId { get; init; }

    /// <summary>A JSON pointer into the story, such as <c>/passages/3/body</c>; empty where the whole is
    /// meant.</summary>
    public string Pointer { get; init; } = "";

    /// <summary>The passage's name; null where no passage is meant.</summary>
    public string? Node { get; init; }

    /// <summary>The file's name; null where none was given.</summary>
    public string? File { get; init; }

    /// <summary>The line in the file, from 1; null where there is none to point at.</summary>
    public int? Line { get; init; }

    /// <summary>What it was: at most 200 characters; of longer text the size and a hash follow.</summary>
    public string? Before { get; init; }

    /// <summary>What it became, in the same form.</summary>
    public string? After { get; init; }

    /// <summary>Why it happened.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the author can do about it.</summary>
    public string Hint { get; init; } = "";
}
