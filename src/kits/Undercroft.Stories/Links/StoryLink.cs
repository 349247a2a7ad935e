namespace Undercroft.Stories;

/// <summary>One way from a passage to another, as its text writes it.</summary>
public sealed record StoryLink
{
    /// <summary>What following it does.</summary>
    public StoryLinkKind Kind { get; init; }

    /// <summary>The passage's name; the expression as written where <see cref="IsDynamic"/>; empty for a way
    /// back.</summary>
    public string Target { get; init; } = "";

    /// <summary>What the player clicks on; null where that is the target itself or cannot be told.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the target is computed while the story runs.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>The texts in a computed target that may be names of passages.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>Where it begins in the body, in UTF-16 units.</summary>
    public int Position { get; init; }

    /// <summary>The line of the body it begins in, from 1.</summary>
    public int Line { get; init; }
}
