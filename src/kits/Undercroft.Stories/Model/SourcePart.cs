namespace Undercroft.Stories;

/// <summary>A piece of a source file that is no passage: the title, the story data, a tag's colour, an empty
/// script.</summary>
public sealed record SourcePart
{
    /// <summary>What the piece is.</summary>
    public SourcePartRole Role { get; init; }

    /// <summary>The ordinal of the passage it stands before; the number of passages where it stands at the
    /// end.</summary>
    public int At { get; init; }

    /// <summary>Twee: the header line with its line end. HTML: the start tag.</summary>
    public string Header { get; init; } = "";

    /// <summary>The content, as written.</summary>
    public string Body { get; init; } = "";

    /// <summary>What follows it up to the next piece.</summary>
    public string After { get; init; } = "";
}
