namespace Undercroft.Stories;

/// <summary>One place where a text was found.</summary>
public sealed record StorySearchHit
{
    /// <summary>What holds the text.</summary>
    public StorySearchPlace Place { get; init; }

    /// <summary>The passage's id; null where the story itself is meant.</summary>
    public string? PassageId { get; init; }

    /// <summary>The passage's name; null where the story itself is meant.</summary>
    public string? PassageName { get; init; }

    /// <summary>The line of the body, from 1; null where it is not in a body.</summary>
    public int? Line { get; init; }

    /// <summary>The title, name, tag or line that holds the text; a long line is cut around it.</summary>
    public string Excerpt { get; init; } = "";

    /// <summary>Where the text begins in <see cref="Excerpt"/>.</summary>
    public int Start { get; init; }

    /// <summary>How long it is there.</summary>
    public int Length { get; init; }
}
