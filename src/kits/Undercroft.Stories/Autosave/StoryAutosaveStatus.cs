namespace Undercroft.Stories;

/// <summary>How one story stands with its autosave, at one moment.</summary>
public sealed record StoryAutosaveStatus
{
    /// <summary>The story's id.</summary>
    public required string StoryId { get; init; }

    /// <summary>The state.</summary>
    public required StoryAutosaveState State { get; init; }

    /// <summary>Whether there are edits that are not saved.</summary>
    public bool IsDirty { get; init; }

    /// <summary>The revision of the story as it was last loaded or saved here; none for one that is new.</summary>
    public Revision Revision { get; init; }

    /// <summary>When it was last saved here, in UTC; null where it was not.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>How many saves have failed since the last one that succeeded.</summary>
    public int Failures { get; init; }

    /// <summary>Why the last save failed; null once one succeeded.</summary>
    public Exception? Error { get; init; }

    /// <summary>Whether the store holds edits of others that were merged in and that the editor does not show yet: see
    /// <see cref="StoryAutosave.Adopt"/>.</summary>
    public bool HasNews { get; init; }
}
