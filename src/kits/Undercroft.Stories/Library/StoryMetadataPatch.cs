namespace Undercroft.Stories;

/// <summary>What to change of a story's metadata. What is null stays as it is.</summary>
public sealed record StoryMetadataPatch
{
    /// <summary>The title from now on; null keeps it.</summary>
    public string? Name { get; init; }

    /// <summary>The library's tags from now on; empty removes all; null keeps them.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>The revision the story must still have; null changes whatever is there.</summary>
    public Revision? Expected { get; init; }
}
