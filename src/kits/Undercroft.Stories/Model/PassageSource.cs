namespace Undercroft.Stories;

/// <summary>How a file wrote one passage. A writer of the same format repeats it where the passage still says the
/// same.</summary>
public sealed record PassageSource
{
    /// <summary>The format, one of <see cref="StoryFormats"/>' names.</summary>
    public required string Format { get; init; }

    /// <summary>The line of the file the passage begins at, from 1.</summary>
    public int Line { get; init; }

    /// <summary>Twee: the header line with its line end. HTML: the start tag.</summary>
    public string Header { get; init; } = "";

    /// <summary>The body as written, where the writer's own way of writing it would differ; null otherwise.</summary>
    public string? Body { get; init; }

    /// <summary>What follows the body up to the next passage: blank lines, an end tag, space between
    /// elements.</summary>
    public string After { get; init; } = "";
}
