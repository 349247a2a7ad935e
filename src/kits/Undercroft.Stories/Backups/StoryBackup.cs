namespace Undercroft.Stories;

/// <summary>One backup of a story, without its text.</summary>
public sealed record StoryBackup
{
    /// <summary>The story's id.</summary>
    public required string StoryId { get; init; }

    /// <summary>Which of the story's backups it is; later ones have higher numbers.</summary>
    public required long Number { get; init; }

    /// <summary>The story's title then.</summary>
    public string Name { get; init; } = "";

    /// <summary>When it was taken, in UTC.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Why it was taken.</summary>
    public StoryBackupReason Reason { get; init; }

    /// <summary>The revision of the story that it holds.</summary>
    public long Revision { get; init; }

    /// <summary>The library's tags of the story then.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How many bytes it takes: the story as JSON.</summary>
    public long Bytes { get; init; }

    /// <summary>The SHA-256 of those bytes, in lower-case hexadecimal.</summary>
    public string Sha256 { get; init; } = "";
}
