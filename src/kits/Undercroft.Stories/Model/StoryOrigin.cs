namespace Undercroft.Stories;

/// <summary>What only the source file knows: its encoding, and everything in it that is no part of the story.</summary>
public sealed record StoryOrigin
{
    /// <summary>The format, one of <see cref="StoryFormats"/>' names.</summary>
    public required string Format { get; init; }

    /// <summary>The file's name as the caller gave it; null where none was given.</summary>
    public string? File { get; init; }

    /// <summary>The SHA-256 of the whole file, in lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The encoding: <c>utf-8</c> or <c>windows-1252</c>.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>Whether the file begins with a byte order mark.</summary>
    public bool ByteOrderMark { get; init; }

    /// <summary>The line end to use for what is written anew: the file's first one.</summary>
    public string Newline { get; init; } = "\n";

    /// <summary>The page around a Twine HTML story, up to it: in a published file, the engine's first part.</summary>
    public string Before { get; init; } = "";

    /// <summary>Twee: the text before the first passage. HTML: the <c>tw-storydata</c> start tag and what follows
    /// it.</summary>
    public string Opening { get; init; } = "";

    /// <summary>The pieces that are no passages, in order.</summary>
    public IReadOnlyList<SourcePart> Parts { get; init; } = [];

    /// <summary>HTML: the end tag of the story.</summary>
    public string Closing { get; init; } = "";

    /// <summary>The page after a Twine HTML story; empty but for the last story of a file.</summary>
    public string After { get; init; } = "";
}
