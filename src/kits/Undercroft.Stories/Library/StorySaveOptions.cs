namespace Undercroft.Stories;

/// <summary>What a save does beside the story. What is null stays as it was.</summary>
public sealed record StorySaveOptions
{
    /// <summary>The revision the story must still have; <see cref="Revision.None"/> means that there must be none yet;
    /// null overwrites whatever is there.</summary>
    public Revision? Expected { get; init; }

    /// <summary>The library's tags from now on; empty removes all; null keeps those there are, or begins with the
    /// story's own.</summary>
    public IReadOnlyCollection<string>? Tags { get; init; }

    /// <summary>How durable the save is when it is acknowledged; null means the storage's default.</summary>
    public Durability? Durability { get; init; }

    /// <summary>Who saves; null means the storage's own origin.</summary>
    public string? Origin { get; init; }
}
